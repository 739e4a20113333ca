# SPDX-License-Identifier: Apache-2.0
# Makes the public header out of client/client.hpp and what it includes of ours, so that one file is enough:
#   cmake -DROOT=<sources> -DOUTPUT=<include/bulwark/client.hpp> -P single_header.cmake
cmake_minimum_required(VERSION 3.25)

set(seen "|")

# Appends the text of a header, with its own includes in their places, to `result`. Each header once.
function(inline path)
  string(FIND "${seen}" "|${path}|" at)
  if(NOT at EQUAL -1)
    return()
  endif()
  string(APPEND seen "${path}|")
  file(READ "${ROOT}/${path}" text)
  string(REPLACE "// SPDX-License-Identifier: Apache-2.0\n" "" text "${text}")
  string(REPLACE "#pragma once\n" "" text "${text}")
  string(APPEND result "\n// ---- ${path}\n")
  while(text MATCHES "(^|\n)#include \"([^\"\n]+)\"\n")
    set(found "${CMAKE_MATCH_2}")
    string(FIND "${text}" "#include \"${found}\"\n" at)
    string(SUBSTRING "${text}" 0 ${at} head)
    string(APPEND result "${head}")
    string(LENGTH "#include \"${found}\"\n" length)
    math(EXPR at "${at} + ${length}")
    string(SUBSTRING "${text}" ${at} -1 text)
    inline("${found}")
  endwhile()
  string(APPEND result "${text}")
  set(result "${result}" PARENT_SCOPE)
  set(seen "${seen}" PARENT_SCOPE)
endfunction()

set(result "// SPDX-License-Identifier: Apache-2.0\n// Bulwark ${VERSION}, C++ client: made from the sources, not to be edited.\n#pragma once\n")
inline("client/client.hpp")
file(WRITE "${OUTPUT}" "${result}")
