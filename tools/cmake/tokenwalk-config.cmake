# What find_package(tokenwalk) reads. The libraries are static: what they use is linked by whoever
# links them. PCRE2 (libpcre2-8) has no package file and is linked by its name.
include(CMakeFindDependencyMacro)
find_dependency(Threads)
find_dependency(ICU COMPONENTS uc)
include(${CMAKE_CURRENT_LIST_DIR}/tokenwalk-cuda.cmake OPTIONAL)
include(${CMAKE_CURRENT_LIST_DIR}/tokenwalk-targets.cmake)
