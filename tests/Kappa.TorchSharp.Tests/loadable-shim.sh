#!/usr/bin/env bash
# Makes the library between TorchSharp and libtorch loadable on systems whose libstdc++ is older than GCC 13, such as Debian 12: it asks
# for one symbol of GLIBCXX_3.4.32, std::ios_base_library_init(), which is an empty function there. For these tests alone: the copy in
# the folder of their build is changed, and nothing of it is kept.
#   loadable-shim.sh BUILD_FOLDER, such as bin/Release/net10.0
set -euo pipefail

folder="$1"
shim="$(find "$folder" -name libLibTorchSharp.so -path '*linux-x64*' -print -quit)"
[ -n "$shim" ] || { echo "there is no libLibTorchSharp.so in $folder" >&2; exit 1; }
standard="$(ldconfig -p | awk '/libstdc\+\+\.so\.6.*x86-64/ && !found { print $NF; found = 1 }')"
if grep -q GLIBCXX_3.4.32 "${standard:-/nonexistent}" || grep -q libKappaIosInit "$shim"; then
  exit 0
fi
for tool in g++ patchelf python3; do
  command -v "$tool" >/dev/null 2>&1 || { echo "$tool is not installed" >&2; exit 1; }
done

native="$(dirname "$shim")"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
echo 'namespace std { void ios_base_library_init() {} }' >"$work/init.cpp"
g++ -shared -fPIC -o "$native/libKappaIosInit.so" "$work/init.cpp"
cp "$shim" "$work/shim.so"
patchelf --clear-symbol-version _ZSt21ios_base_library_initv "$work/shim.so"
patchelf --add-needed libKappaIosInit.so --force-rpath --set-rpath '$ORIGIN' "$work/shim.so"
python3 - "$work/shim.so" <<'PYTHON'
import struct, sys

path = sys.argv[1]
data = bytearray(open(path, "rb").read())

def elf_hash(name):
    h = 0
    for c in name:
        h = (h << 4) + c
        g = h & 0xF0000000
        h = (h ^ (g >> 24)) & ~g & 0xFFFFFFFF
    return h

# An entry of the version needs: hash, flags, other, name, next. The flag 2 is WEAK: a warning and no error where the version is missing.
wanted = struct.pack("<IH", elf_hash(b"GLIBCXX_3.4.32"), 0)
sections, count = struct.unpack_from("<Q", data, 0x28)[0], struct.unpack_from("<H", data, 0x3C)[0]
for i in range(count):
    kind, offset, size = struct.unpack_from("<IQQ", data, sections + 64 * i + 4)[0], *struct.unpack_from("<QQ", data, sections + 64 * i + 24)
    if kind == 0x6FFFFFFE:
        at = data.find(wanted, offset, offset + size)
        if at >= 0:
            struct.pack_into("<H", data, at + 4, 2)
            break
else:
    sys.exit("no need of GLIBCXX_3.4.32 was found")
open(path, "wb").write(data)
PYTHON
# In one step, so that nobody loads half of it.
mv "$work/shim.so" "$shim.new"
mv "$shim.new" "$shim"
