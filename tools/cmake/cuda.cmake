# nvcc for the files in CUDA C++, with the same rule for rounding as everywhere: no contraction of
# a * b + c (-fmad=false), an fma only where it is written.
include(CheckLanguage)
check_language(CUDA)
if(NOT CMAKE_CUDA_COMPILER)
  message(FATAL_ERROR "TOKENWALK_CUDA=ON needs NVIDIA's CUDA toolkit\n"
    "  found:    no nvcc that works (looked in PATH and in $CUDACXX)\n"
    "  expected: nvcc 13 or newer\n"
    "  hint:     put it on the PATH, or configure with -DTOKENWALK_CUDA=OFF")
endif()
if(NOT CMAKE_CUDA_ARCHITECTURES)
  set(CMAKE_CUDA_ARCHITECTURES 80;90;100)
endif()
enable_language(CUDA)
if(NOT CMAKE_CUDA20_STANDARD_COMPILE_OPTION)  # CMake 3.25 does not know that nvcc has C++20
  set(CMAKE_CUDA20_STANDARD_COMPILE_OPTION -std=c++20)
  set(CMAKE_CUDA20_EXTENSION_COMPILE_OPTION -std=c++20)
endif()
set(CMAKE_CUDA_STANDARD 20)
set(CMAKE_CUDA_STANDARD_REQUIRED ON)
find_package(CUDAToolkit REQUIRED)

function(tokenwalk_cuda_target target)
  target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CUDA>:
    -fmad=false --expt-relaxed-constexpr -Werror all-warnings
    -Xcompiler=-Wall,-Wextra,-ffp-contract=off>)
  target_link_libraries(${target} PRIVATE CUDA::cudart_static)
endfunction()
