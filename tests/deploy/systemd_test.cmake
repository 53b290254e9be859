# The unit with the program just built in the place of the one that is not installed: it must be
# valid, and its exposure at most 2.0 of 10.
file(READ ${unit} text)
string(REPLACE "/usr/bin/camherd" "${program}" built "${text}")
if(built STREQUAL text)
  message(FATAL_ERROR "${unit} does not start /usr/bin/camherd")
endif()
file(WRITE ${scratch}/camherd.service "${built}")

execute_process(COMMAND ${analyze} verify --man=no ${scratch}/camherd.service
  RESULT_VARIABLE failed OUTPUT_VARIABLE said ERROR_VARIABLE said)
if(failed OR NOT said STREQUAL "")
  message(FATAL_ERROR "systemd-analyze verify: ${said}")
endif()

execute_process(
  COMMAND ${analyze} security --offline=true --threshold=20 --no-pager ${scratch}/camherd.service
  RESULT_VARIABLE failed OUTPUT_VARIABLE said ERROR_VARIABLE said)
message("${said}")
if(failed)
  message(FATAL_ERROR "systemd-analyze security: the exposure is above 2.0")
endif()
