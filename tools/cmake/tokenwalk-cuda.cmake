# What a library built with TOKENWALK_CUDA=ON needs beside the rest.
find_dependency(CUDAToolkit)
