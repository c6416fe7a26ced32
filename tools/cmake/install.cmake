# cmake --install puts the program, its model, and the library where others find them:
#   find_package(tokenwalk) and tokenwalk::tokenwalk       docs/example shows it
include(CMakePackageConfigHelpers)

install(TARGETS tokenwalk RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY data/tiny DESTINATION ${CMAKE_INSTALL_DATADIR}/tokenwalk)

# The folders stay as they are, since the path in an #include is the path on disk.
set_target_properties(tokenwalk_library PROPERTIES EXPORT_NAME tokenwalk)
get_property(chapters GLOBAL PROPERTY tokenwalk_chapters)
list(TRANSFORM chapters PREPEND ch_)
install(TARGETS tokenwalk_library ${chapters} tokenwalk_base tokenwalk_draw tokenwalk_io
    tokenwalk_kernels tokenwalk_cuda tokenwalk_model
  EXPORT tokenwalk-targets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}/tokenwalk)
install(DIRECTORY chapters lib DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/tokenwalk
  FILES_MATCHING PATTERN "*.h"
  PATTERN program EXCLUDE PATTERN packed EXCLUDE PATTERN eigen EXCLUDE PATTERN tensor EXCLUDE)

set(package ${CMAKE_INSTALL_LIBDIR}/cmake/tokenwalk)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/tokenwalk-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(EXPORT tokenwalk-targets NAMESPACE tokenwalk:: DESTINATION ${package})
install(FILES tools/cmake/tokenwalk-config.cmake
  ${PROJECT_BINARY_DIR}/tokenwalk-config-version.cmake DESTINATION ${package})
if(TOKENWALK_CUDA)
  install(FILES tools/cmake/tokenwalk-cuda.cmake DESTINATION ${package})
endif()
