# Installs the consumer library into a prefix of its own, builds the example against it with
# C++17, and runs it.
cmake_minimum_required(VERSION 3.25)

function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ERROR_IS_FATAL ANY OUTPUT_VARIABLE said)
  set(said "${said}" PARENT_SCOPE)
endfunction()

file(REMOVE_RECURSE ${scratch})
set(flags "-Wall -Wextra -Wpedantic -Werror")
if(sanitize)
  string(APPEND flags " -fsanitize=${sanitize}")
endif()
run(${CMAKE_COMMAND} --install ${build} --component consumer --prefix ${scratch}/prefix)
run(${CMAKE_COMMAND} -S ${source} -B ${scratch}/build -G ${generator}
  -DCMAKE_PREFIX_PATH=${scratch}/prefix -DCMAKE_CXX_COMPILER=${compiler}
  -DCMAKE_CXX_STANDARD=17 -DCMAKE_CXX_EXTENSIONS=OFF "-DCMAKE_CXX_FLAGS=${flags}")
run(${CMAKE_COMMAND} --build ${scratch}/build)
run(${scratch}/build/latest_frame --help)
if(NOT said MATCHES "Usage: latest_frame CAMERA")
  message(FATAL_ERROR "latest_frame --help said: ${said}")
endif()
