#!/usr/bin/env bash
# Times training steps on a graphics card, and holds commands, operations, modules and checkpoints there to the host's results.
#   KAPPA_LIBTORCH=/opt/libtorch/lib benchmarks/gpu.sh
#   benchmarks/gpu.sh torch-cpu            the same on libtorch's processor kernels, with small networks: whether the script itself works
# NOT YET RUN on a graphics card: none was lent, and its parts were tried with torch-cpu alone. No figure anywhere comes from it so far.
# It takes the .NET 10 SDK, a driver of NVIDIA, and libtorch 2.10 for CUDA; it says what of these is missing, and ends with 1.
set -uo pipefail

device="${1:-cuda}"
root="$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.." && pwd)"
benchmarks="$root/benchmarks/Kappa.Benchmarks/bin/Release/net10.0"
tests="$root/tests/Kappa.TorchSharp.Tests/bin/Release/net10.0"
missing=()
command -v dotnet >/dev/null 2>&1 || missing+=("the .NET 10 SDK: https://dotnet.microsoft.com/download/dotnet/10.0")
case "$device" in
  cuda)
    if ! command -v nvidia-smi >/dev/null 2>&1 || ! nvidia-smi -L 2>/dev/null | grep GPU >/dev/null; then
      missing+=("a graphics card of NVIDIA with its driver: nvidia-smi lists none")
    fi
    if [ ! -e "${KAPPA_LIBTORCH:-/nonexistent}/libtorch_cuda.so" ]; then
      missing+=("libtorch 2.10 for CUDA: no libtorch_cuda.so in KAPPA_LIBTORCH (${KAPPA_LIBTORCH:-not set}). Set it to the folder lib of one from
    https://pytorch.org, or to torch/lib of pip install torch==2.10.0")
    fi
    size=() precisions=(float32 tf32 bfloat16) ;;
  torch-cpu)
    size=(--quick) precisions=(float32 bfloat16) ;;
  *)
    echo "expected cuda or torch-cpu; got $device" >&2
    exit 2 ;;
esac
if [ ${#missing[@]} -gt 0 ]; then
  echo "cannot run on $device here. Missing:" >&2
  printf '  %s\n' "${missing[@]}" >&2
  exit 1
fi

status=0
for project in benchmarks/Kappa.Benchmarks tests/Kappa.Cli.Tests tests/Kappa.TorchSharp.Tests; do
  log="$(dotnet build -c Release -nologo -v quiet "$root/$project" 2>&1)" || { printf '%s\n' "$log" >&2; exit 1; }
done
# Where the C++ library of the system is too old for TorchSharp: the copies of these builds are made loadable, as the tests do it.
"$root/tests/Kappa.TorchSharp.Tests/loadable-shim.sh" "$benchmarks" || status=1
[ "$device" = cuda ] && nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader

for precision in "${precisions[@]}"; do
  dotnet "$benchmarks/Kappa.Benchmarks.dll" devices --device "$device" --precision "$precision" "${size[@]}" || status=1
done

if [ "$device" = cuda ]; then
  # The tests bring libtorch for the processor, which would be found before the user's.
  find "$tests" -name 'libtorch*.so' -o -name 'libc10.so' -o -name 'libgomp*' | xargs -r rm -f
fi
export KAPPA_TEST_DEVICE="$device"
for run in "Kappa.TorchSharp.Tests TorchDeviceTests|TorchCheckpointTests" "Kappa.Cli.Tests DeviceCommandTests"; do
  read -r project filter <<<"$run"
  echo "agreement with the host: $project ($filter) on $device"
  dotnet test -c Release --no-build -nologo "$root/tests/$project" --filter "FullyQualifiedName~${filter//|/|FullyQualifiedName~}" || status=1
done
exit "$status"
