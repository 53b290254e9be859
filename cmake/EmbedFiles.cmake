# camherd_embed_files(TARGET FUNCTION FOLDER): builds the files under FOLDER into the library or
# program TARGET, also compressed, and defines
#   std::span<const camherd::http::static_file> camherd::FUNCTION();
# A file that is added or removed is seen when CMake runs next, which it does by itself.
find_program(CAMHERD_GZIP gzip REQUIRED)

function(camherd_embed_files target function folder)
  file(GLOB_RECURSE files RELATIVE ${folder} CONFIGURE_DEPENDS ${folder}/*)
  list(SORT files)
  set(out ${CMAKE_CURRENT_BINARY_DIR}/${function})
  set(number 0)
  set(bytes "")
  set(table "")
  set(dependencies "")
  foreach(file IN LISTS files)
    set(compressed ${out}/${number}.gz)
    # -n leaves out name and time, so that the same sources make the same program.
    add_custom_command(OUTPUT ${compressed}
      COMMAND ${CAMHERD_GZIP} -9 -n -c ${folder}/${file} > ${compressed}
      DEPENDS ${folder}/${file} VERBATIM)
    list(APPEND dependencies ${folder}/${file} ${compressed})
    string(APPEND bytes
      "CAMHERD_EMBED(plain_${number}, \"${folder}/${file}\")\n"
      "CAMHERD_EMBED(gzipped_${number}, \"${compressed}\")\n")
    string(APPEND table
      "      file(\"${file}\", plain_${number}, plain_${number}_end, gzipped_${number}, "
      "gzipped_${number}_end),\n")
    math(EXPR number "${number} + 1")
  endforeach()
  set(CAMHERD_EMBED_FUNCTION ${function})
  set(CAMHERD_EMBED_BYTES "${bytes}")
  set(CAMHERD_EMBED_TABLE "${table}")
  set(CAMHERD_EMBED_COUNT ${number})
  file(MAKE_DIRECTORY ${out})
  configure_file(${CMAKE_CURRENT_FUNCTION_LIST_DIR}/embedded_files.cpp.in ${out}.cpp @ONLY)
  target_sources(${target} PRIVATE ${out}.cpp)
  set_source_files_properties(${out}.cpp PROPERTIES OBJECT_DEPENDS "${dependencies}")
endfunction()
