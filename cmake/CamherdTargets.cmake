# Flags live on targets: every library, program and test of this project links camherd_flags.

option(CAMHERD_ASSERTIONS "Check our own invariants at run time" OFF)
option(CAMHERD_FUZZ "Build the libFuzzer targets instead of the programs" OFF)
set(CAMHERD_SANITIZE "" CACHE STRING "Value for -fsanitize=, empty for none")

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)

add_library(camherd_flags INTERFACE)
target_compile_options(camherd_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 sees overlapping copies in every "text" + std::string (GCC bug 105651).
  target_compile_options(camherd_flags INTERFACE -Wno-restrict)
endif()
target_include_directories(camherd_flags INTERFACE ${PROJECT_SOURCE_DIR})
target_link_libraries(camherd_flags INTERFACE Threads::Threads)
if(CAMHERD_ASSERTIONS)
  target_compile_options(camherd_flags INTERFACE -UNDEBUG)
endif()
if(CAMHERD_SANITIZE)
  target_compile_options(camherd_flags INTERFACE
    -fsanitize=${CAMHERD_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(camherd_flags INTERFACE -fsanitize=${CAMHERD_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # With sanitizers GCC 12 takes std::regex for uninitialised (GCC bug 105562). It also warns that
    # ThreadSanitizer does not follow the fences in Asio's headers, on which none of ours rests.
    target_compile_options(camherd_flags INTERFACE -Wno-maybe-uninitialized -Wno-tsan)
  endif()
endif()
if(CAMHERD_FUZZ)
  target_compile_options(camherd_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

# A static library of this project: camherd_add_library(NAME SOURCES... [LINK LIBS...])
function(camherd_add_library name)
  cmake_parse_arguments(arg "" "" "LINK" ${ARGN})
  add_library(${name} STATIC ${arg_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PUBLIC camherd_flags ${arg_LINK})
endfunction()

# A program of this project: camherd_add_program(NAME SOURCES... [LINK LIBS...])
function(camherd_add_program name)
  cmake_parse_arguments(arg "" "" "LINK" ${ARGN})
  add_executable(${name} ${arg_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE camherd_flags ${arg_LINK})
endfunction()
