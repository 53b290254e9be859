# Finds the C++ Actor Framework, for which Debian ships neither a CMake package nor pkg-config.
# Defines CAF_VERSION and the imported targets CAF::core, CAF::io and CAF::openssl.

find_path(CAF_INCLUDE_DIR caf/all.hpp)
foreach(component core io openssl)
  find_library(CAF_${component}_LIBRARY caf_${component})
  mark_as_advanced(CAF_${component}_LIBRARY)
endforeach()
mark_as_advanced(CAF_INCLUDE_DIR)

if(CAF_INCLUDE_DIR)
  # CAF_VERSION is 1706 for 0.17.6 and 10100 for 1.1.0: major * 10000 + minor * 100 + patch.
  foreach(header build_config.hpp config.hpp)
    if(NOT CAF_VERSION AND EXISTS ${CAF_INCLUDE_DIR}/caf/${header})
      file(STRINGS ${CAF_INCLUDE_DIR}/caf/${header} caf_line REGEX "#define CAF_VERSION [0-9]+")
      string(REGEX MATCH "[0-9]+" caf_number "${caf_line}")
      if(caf_number)
        math(EXPR caf_major "${caf_number} / 10000")
        math(EXPR caf_minor "(${caf_number} / 100) % 100")
        math(EXPR caf_patch "${caf_number} % 100")
        set(CAF_VERSION ${caf_major}.${caf_minor}.${caf_patch})
      endif()
    endif()
  endforeach()
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(CAF
  REQUIRED_VARS CAF_core_LIBRARY CAF_INCLUDE_DIR
  VERSION_VAR CAF_VERSION)

if(CAF_FOUND)
  find_package(Threads REQUIRED)
  set(CAF_core_NEEDS Threads::Threads)
  set(CAF_io_NEEDS CAF::core)
  set(CAF_openssl_NEEDS CAF::io OpenSSL::SSL)
  foreach(component core io openssl)
    if(CAF_${component}_LIBRARY AND NOT TARGET CAF::${component})
      add_library(CAF::${component} UNKNOWN IMPORTED)
      set_target_properties(CAF::${component} PROPERTIES
        IMPORTED_LOCATION "${CAF_${component}_LIBRARY}"
        INTERFACE_INCLUDE_DIRECTORIES "${CAF_INCLUDE_DIR}"
        INTERFACE_LINK_LIBRARIES "${CAF_${component}_NEEDS}")
    endif()
  endforeach()
endif()
