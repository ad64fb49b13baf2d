# The flags that every target of this project shares. Warnings are errors only where a developer preset says so, and
# hardening is left out under sanitizers, which bring their own checks.
include(CheckCXXCompilerFlag)
include(CheckPIESupported)

option(AFK_WARNINGS_AS_ERRORS "Treat compiler warnings as errors" OFF)
option(AFK_HARDENING "Compile and link with the hardening flags of the distribution" ON)
set(AFK_SANITIZERS "" CACHE STRING "Sanitizers to build with, as for -fsanitize= (empty: none)")
set(AFK_CLANG_TIDY "" CACHE STRING "clang-tidy program that reads every file of lib and app (empty: none)")

add_library(afk_compile_options INTERFACE)
target_compile_features(afk_compile_options INTERFACE cxx_std_23)
target_compile_options(afk_compile_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Wold-style-cast
  -Wcast-align -Woverloaded-virtual -Wdouble-promotion -Wimplicit-fallthrough
  $<$<BOOL:${AFK_WARNINGS_AS_ERRORS}>:-Werror>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # Under optimisation these two see faults in the library's own std::string::operator+ and std::optional.
  target_compile_options(afk_compile_options INTERFACE -Wno-restrict -Wno-maybe-uninitialized)
elseif(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # Sees a dangling reference wherever a function takes a temporary and returns a reference to something else.
  target_compile_options(afk_compile_options INTERFACE -Wno-dangling-reference)
endif()

check_pie_supported()
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

if(AFK_SANITIZERS)
  target_compile_options(afk_compile_options INTERFACE -fsanitize=${AFK_SANITIZERS} -fno-sanitize-recover=all
    -fno-omit-frame-pointer)
  target_link_options(afk_compile_options INTERFACE -fsanitize=${AFK_SANITIZERS})
elseif(AFK_HARDENING)
  # _FORTIFY_SOURCE wants an optimising build; the distribution's default of 2 goes first, or the new value warns.
  target_compile_options(afk_compile_options INTERFACE -fstack-protector-strong -D_GLIBCXX_ASSERTIONS
    "$<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE;-D_FORTIFY_SOURCE=3>")
  foreach(flag IN ITEMS -fstack-clash-protection -fcf-protection) # not on every architecture
    string(MAKE_C_IDENTIFIER "AFK_HAS_${flag}" has_flag)
    check_cxx_compiler_flag(${flag} ${has_flag})
    if(${has_flag})
      target_compile_options(afk_compile_options INTERFACE ${flag})
    endif()
  endforeach()
  target_link_options(afk_compile_options INTERFACE -Wl,-z,relro,-z,now)
endif()
