# The diff of the naive and the cached loop, made by the build for page 06: the two functions between
# their snippet marks, without the marks of exercises. Two uses of this file:
#   include(tools/cmake/loop_diff.cmake)       target loop_diff, made with `all`, writes
#                                              build/generated/06_loop_diff.txt
#   cmake -DROOT=. -DOUT=FILE -P tools/cmake/loop_diff.cmake
set(naive_file chapters/05_naive_generate/generate_naive.cpp)
set(cached_file chapters/06_cached_generate/generate_cached.cpp)

if(NOT CMAKE_SCRIPT_MODE_FILE)
  set(loop_diff_out ${PROJECT_BINARY_DIR}/generated/06_loop_diff.txt)
  add_custom_command(OUTPUT ${loop_diff_out}
    COMMAND ${CMAKE_COMMAND} -DROOT=${PROJECT_SOURCE_DIR} -DOUT=${loop_diff_out}
            -P ${CMAKE_CURRENT_LIST_FILE}
    DEPENDS ${PROJECT_SOURCE_DIR}/${naive_file} ${PROJECT_SOURCE_DIR}/${cached_file}
            ${CMAKE_CURRENT_LIST_FILE}
    VERBATIM)
  add_custom_target(loop_diff ALL DEPENDS ${loop_diff_out})
  return()
endif()

# Writes what stands between the two marks `tag` of a file to `out`.
function(cut_snippet file tag out)
  file(READ ${ROOT}/${file} text)
  set(mark "//! [${tag}]\n")
  string(LENGTH "${mark}" mark_length)
  string(FIND "${text}" "${mark}" begin)
  if(begin EQUAL -1)
    message(FATAL_ERROR "${file} has no mark //! [${tag}]")
  endif()
  math(EXPR begin "${begin} + ${mark_length}")
  string(SUBSTRING "${text}" ${begin} -1 text)
  string(FIND "${text}" "${mark}" end)
  if(end EQUAL -1)
    message(FATAL_ERROR "${file} has only one mark //! [${tag}]")
  endif()
  string(SUBSTRING "${text}" 0 ${end} text)
  string(REGEX REPLACE "[ ]*// (BEGIN|END) SOLUTION[^\n]*\n" "" text "${text}")
  file(WRITE ${out} "${text}")
endfunction()

cut_snippet(${naive_file} 05-generate-naive ${OUT}.naive)
cut_snippet(${cached_file} 06-decode ${OUT}.cached)
find_program(DIFF diff REQUIRED)
execute_process(
  COMMAND ${DIFF} -U 1000 --label "naive:  ${naive_file}" --label "cached: ${cached_file}"
          ${OUT}.naive ${OUT}.cached
  OUTPUT_VARIABLE text RESULT_VARIABLE status)
if(status GREATER 1)
  message(FATAL_ERROR "diff ended with ${status}")
endif()
string(REGEX REPLACE "\n@@[^\n]*\n" "\n\n" text "${text}")
file(REMOVE ${OUT}.naive ${OUT}.cached)
file(WRITE ${OUT} "${text}")
