# The flags that every target of this project shares. Warnings are errors only where a developer preset says so, and
# hardening is left out under sanitizers, which bring their own checks.
option(AFK_WARNINGS_AS_ERRORS "Treat compiler warnings as errors" OFF)
option(AFK_HARDENING "Compile and link with the hardening flags of the distribution" ON)
set(AFK_SANITIZERS "" CACHE STRING "Sanitizers to build with, as for -fsanitize= (empty: none)")

add_library(afk_compile_options INTERFACE)
target_compile_features(afk_compile_options INTERFACE cxx_std_23)
target_compile_options(afk_compile_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Wold-style-cast
  -Wcast-align -Woverloaded-virtual -Wnull-dereference -Wdouble-promotion -Wimplicit-fallthrough
  $<$<BOOL:${AFK_WARNINGS_AS_ERRORS}>:-Werror>)

if(AFK_SANITIZERS)
  target_compile_options(afk_compile_options INTERFACE -fsanitize=${AFK_SANITIZERS} -fno-omit-frame-pointer)
  target_link_options(afk_compile_options INTERFACE -fsanitize=${AFK_SANITIZERS})
elseif(AFK_HARDENING)
  set(CMAKE_POSITION_INDEPENDENT_CODE ON)
  target_compile_options(afk_compile_options INTERFACE
    $<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE;-D_FORTIFY_SOURCE=3> -fstack-protector-strong -fcf-protection
    -fstack-clash-protection -D_GLIBCXX_ASSERTIONS)
  target_link_options(afk_compile_options INTERFACE -Wl,-z,relro,-z,now)
endif()
