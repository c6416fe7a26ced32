#!/usr/bin/env python3
"""Compiles lib/kernels/cuda/gpu_device.cu for sm_80, sm_90 and sm_100 with warnings as errors and
reads what came out, so that the GPU's order and rounding of operations are known without a GPU:

  PTX    every float operation carries .rn, none flushes or approximates, fma stands only in kernels
         that write one, products and nothing else multiply by fma, nothing adds atomically
  ptxas  no register spills
  SASS   (where nvdisasm is found: on the PATH, as $NVDISASM, or in Python's package triton) the same
         of the machine code, where no division or root, which ptxas expands, hides it

First it shows, with lines of PTX changed on purpose, that each check can fail. Ends with 77 where
there is no nvcc.
"""
import importlib.util
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
SOURCE = ROOT / "lib/kernels/cuda/gpu_device.cu"
ARCHITECTURES = (80, 90, 100)
FLAGS = ["-std=c++20", "-O3", "-fmad=false", "--expt-relaxed-constexpr", "-Werror", "all-warnings",
         "-Xcompiler=-Wall,-Wextra,-ffp-contract=off", f"-I{ROOT}"]

# What each kernel's float arithmetic consists of; a part after a space is the weights' format.
WITHOUT_FMA = {"Add", "KvRead", "KvWrite", "FinishRows", "Embed F32", "Embed Bf16", "Embed Q8_0",
               "Embed Q4_1"}
PRODUCTS = {"ProductRows F32", "ProductRows Bf16", "ProductTiles F32", "ProductTiles Bf16"}
WITH_DIVISION = {"SiluGate", "Exponentials", "Rmsnorm"}

ARITHMETIC = r"(?:add|sub|mul|fma|mad|div|sqrt|rcp)"
APPROXIMATE = r"(?:sin|cos|ex2|lg2|tanh|rsqrt)\.|\.approx|\.full"


def kernel_name(symbol):
    """The kernel of a mangled run_kernel<...>, with its format: "ProductRows Bf16"."""
    found = re.search(r"run_kernelINS\w*?_(\d+)(\w+)", symbol)
    if not found:
        return None
    length, rest = int(found.group(1)), found.group(2)
    form = re.match(r"INS\w*?_\d(F32|Bf16|Q8_0|Q4_1)", rest[length:])
    return rest[:length] + (f" {form.group(1)}" if form else "")


def parts_of(text, begin):
    """(kernel, lines) of an assembly text; `begin` matches the line that starts a kernel."""
    name, lines = None, []
    for line in text.splitlines():
        found = re.search(begin, line)
        if found:
            if name:
                yield name, lines
            name, lines = kernel_name(found.group(1)), []
        lines.append(line)
    if name:
        yield name, lines


def check_ptx_line(line):
    """What is wrong with a line, or None."""
    word = line.split("//")[0].strip()
    operation = word.split()[1] if word.startswith("@") else word.split()[0] if word else ""
    if re.search(APPROXIMATE, operation):
        return "an approximate operation"
    if re.search(r"\.(f32|f64|f16|bf16)", operation) and re.match(r"(atom|red|wmma|mma)", operation):
        return "an operation whose order of additions is not ours"
    if not re.fullmatch(ARITHMETIC + r"(\.\w+)*\.f(32|64)(x2)?", operation):
        return None
    if ".rn" not in operation:
        return "no .rn"
    if re.search(r"\.ftz|\.sat", operation):
        return "flushes or saturates"
    return "mad" if operation.startswith("mad") else None


def check_ptx(text):
    faults, kernels = [], set()
    for name, lines in parts_of(text, r"\.entry (\S+?)\("):
        kernels.add(name)
        counts = {"fma": 0, "mul": 0}
        for line in lines:
            fault = check_ptx_line(line)
            if fault:
                faults.append(f"{name}: {fault}: {line.strip()}")
            for operation in counts:
                counts[operation] += bool(re.search(rf"\b{operation}\.rn\S*\.f32", line))
        if name in WITHOUT_FMA and counts["fma"] > 0:
            faults.append(f"{name}: {counts['fma']} fma where none is written")
        if name not in WITHOUT_FMA | {"RotaryAngles"} and counts["fma"] == 0:
            faults.append(f"{name}: no fma where one is written")
        if name in PRODUCTS and counts["mul"] > 0:
            faults.append(f"{name}: {counts['mul']} products outside an fma")
    for name in WITHOUT_FMA | PRODUCTS | WITH_DIVISION:
        if name not in kernels:
            faults.append(f"{name}: no such kernel in the PTX")
    return faults


def check_spills(text):
    faults, name = [], None
    for line in text.splitlines():
        found = re.search(r"Compiling entry function '(\S+)' for '(\S+)'", line)
        if found:
            name = f"{kernel_name(found.group(1))} for {found.group(2)}"
        found = re.search(r"(\d+) bytes spill stores, (\d+) bytes spill loads", line)
        if found and found.group(0) != "0 bytes spill stores, 0 bytes spill loads":
            faults.append(f"{name}: {found.group(0)}")
    return faults


def check_sass(text):
    faults = []
    for name, lines in parts_of(text, r"\.section\s+\.text\.(\w+)"):
        for line in lines:
            found = re.search(r"\b(FFMA2?|FMUL2?|FADD2?|HMMA|QMMA|RED|ATOMG?)((?:\.\w+)*)", line)
            if not found:
                continue
            operation, modifiers = found.groups()
            if operation.startswith(("H", "Q", "RED", "ATOM")):
                faults.append(f"{name}: an operation whose order is not ours: {line.strip()}")
            if name in WITH_DIVISION:
                continue
            if re.search(r"\.(FTZ|SAT|RM|RP|RZ)", modifiers):
                faults.append(f"{name}: rounds or flushes another way: {line.strip()}")
            if operation.startswith("FFMA") and name in WITHOUT_FMA:
                faults.append(f"{name}: an fma where none is written: {line.strip()}")
    return faults


def prove_checks_can_fail(ptx):
    """Breaks correct PTX in each way that a check names."""
    entry = re.search(r"\.entry \S*3AddE\S*\([\s\S]*?add\.rn\.f32", ptx).group(0)
    product = re.search(r"\.entry \S*11ProductRowsINS\w*?_3F32\S*\([\s\S]*?fma\.rn\.f32", ptx).group(0)
    broken = {
        "no .rn": ptx.replace("add.rn.f32", "add.f32", 1),
        "flushes or saturates": ptx.replace("fma.rn.f32", "fma.rn.ftz.f32", 1),
        "an approximate operation": ptx.replace("div.rn.f32", "div.approx.f32", 1),
        "an operation whose order": ptx.replace("add.rn.f32", "red.global.add.f32", 1),
        "fma where none is written": ptx.replace(entry, entry[:-10] + "fma.rn.f32"),
        "products outside an fma": ptx.replace(product, product[:-10] + "mul.rn.f32"),
    }
    for fault, text in broken.items():
        if not any(fault in found for found in check_ptx(text)):
            sys.exit(f"check_kernels: PTX broken on purpose was not found out: {fault}")
    spilled = "Compiling entry function 'run_kernelINS0_3AddEE' for 'sm_90'\n" \
              " 8 bytes stack frame, 4 bytes spill stores, 4 bytes spill loads"
    fused = ".section .text.run_kernelINS0_3AddEE\n FFMA R0, R1, R2, R3 ;\n FADD.FTZ R0, R1, R2 ;"
    if len(check_spills(spilled)) != 1 or len(check_sass(fused)) != 2:
        sys.exit("check_kernels: a spill or machine code broken on purpose was not found out")


def find_disassembler():
    named = os.environ.get("NVDISASM") or shutil.which("nvdisasm")
    if named:
        return named
    triton = importlib.util.find_spec("triton")
    if triton is None or not triton.origin:
        return None
    path = pathlib.Path(triton.origin).parent / "backends/nvidia/bin/nvdisasm"
    return str(path) if path.exists() else None


def compile_for(architecture, folder):
    """PTX, ptxas's report and the path of the machine code."""
    ptx, cubin = folder / f"{architecture}.ptx", folder / f"{architecture}.cubin"
    arch = f"-arch=compute_{architecture}"
    subprocess.run(["nvcc", *FLAGS, arch, "-ptx", "-o", ptx, SOURCE], check=True)
    done = subprocess.run(["ptxas", "-v", "-O3", f"-arch=sm_{architecture}", "-o", cubin, ptx],
                          check=True, stderr=subprocess.PIPE, text=True)
    return ptx.read_text(), done.stderr, cubin


def main():
    if len(sys.argv) > 1:
        sys.exit(__doc__)
    if shutil.which("nvcc") is None or shutil.which("ptxas") is None:
        print("no nvcc on the PATH: the kernels were not compiled")
        sys.exit(77)
    disassembler = find_disassembler()
    faults = []
    with tempfile.TemporaryDirectory() as name:
        for architecture in ARCHITECTURES:
            ptx, report, cubin = compile_for(architecture, pathlib.Path(name))
            if architecture == ARCHITECTURES[0]:
                prove_checks_can_fail(ptx)
            found = check_ptx(ptx) + check_spills(report)
            if disassembler:
                sass = subprocess.run([disassembler, "-c", cubin], check=True, text=True,
                                      stdout=subprocess.PIPE).stdout
                found += check_sass(sass)
            print(f"sm_{architecture}: {ptx.count('.entry ')} kernels, "
                  f"{len(re.findall(r'fma.rn.f32', ptx))} fma, "
                  f"SASS {'read' if disassembler else 'not read: no nvdisasm'}, "
                  f"{len(found)} faults")
            faults += [f"sm_{architecture}: {fault}" for fault in found]
    for fault in faults[:40]:
        print(fault)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
