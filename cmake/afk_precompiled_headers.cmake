# The headers that nearly every file includes, parsed once instead of once per file: about a second of each compile.
#
# Off under a compiler cache, whose entries would not be shared between build folders, and under clang-tidy, which
# cannot read them. Every file is built without them somewhere, so a missing include does not stay hidden.
if(CMAKE_CXX_COMPILER_LAUNCHER OR AFK_CLANG_TIDY)
  set(afk_precompiles_by_default OFF)
else()
  set(afk_precompiles_by_default ON)
endif()
option(AFK_PRECOMPILED_HEADERS "Parse the standard headers once per kind of target" ${afk_precompiles_by_default})

set(afk_common_headers
  <algorithm> <array> <chrono> <cstdint> <expected> <filesystem> <functional> <map> <memory> <optional> <ranges> <set>
  <span> <sstream> <string> <string_view> <utility> <variant> <vector> <fmt/format.h>)

# g++ 12 forgets, for what it read from a precompiled header, that the library's own code is not to be warned about.
set(afk_precompiled_options
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-array-bounds;-Wno-stringop-overflow;-Wno-stringop-overread>)

# afk_precompile(<target> <holder> [<further headers>...])
# Targets that name the same holder have the same flags and share one set; the first to name it brings it to life.
function(afk_precompile target holder)
  if(NOT AFK_PRECOMPILED_HEADERS)
    return()
  endif()
  if(NOT TARGET ${holder})
    file(WRITE "${CMAKE_CURRENT_BINARY_DIR}/${holder}.cpp" "int main() { return 0; }\n")
    get_target_property(type ${target} TYPE)
    if(type STREQUAL "EXECUTABLE")
      add_executable(${holder} "${CMAKE_CURRENT_BINARY_DIR}/${holder}.cpp")
    else()
      add_library(${holder} STATIC "${CMAKE_CURRENT_BINARY_DIR}/${holder}.cpp")
    endif()
    target_link_libraries(${holder} PRIVATE afk_compile_options fmt::fmt)
    if(TARGET afk_catch AND ARGN)
      target_link_libraries(${holder} PRIVATE afk_catch)
    endif()
    target_compile_options(${holder} PRIVATE "${afk_precompiled_options}")
    target_precompile_headers(${holder} PRIVATE ${afk_common_headers} ${ARGN})
  endif()
  target_compile_options(${target} PRIVATE "${afk_precompiled_options}")
  target_precompile_headers(${target} REUSE_FROM ${holder})
endfunction()
