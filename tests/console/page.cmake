# SPDX-License-Identifier: Apache-2.0
# The page in a real browser. Without Node or Chromium these are skipped, and say so.
foreach(script page desk access)
  add_test(NAME console_${script}_test COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_SOURCE_DIR}/run.py --test ${script}_test.mjs)
endforeach()
add_test(NAME console_page_types COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_SOURCE_DIR}/run.py types)
add_test(NAME console_browser_test COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_SOURCE_DIR}/browser_test.py)
set_tests_properties(console_page_test console_desk_test console_access_test console_page_types console_browser_test
                     PROPERTIES LABELS "process;plain" TIMEOUT 300 SKIP_RETURN_CODE 77
                     ENVIRONMENT "BULWARK_BUILD=${PROJECT_BINARY_DIR}")

if(TARGET bulwark_console_page)
  bulwark_test(console_page_files_test SOURCES page_files_test.cpp LIBRARIES bulwark_console_page)
endif()
