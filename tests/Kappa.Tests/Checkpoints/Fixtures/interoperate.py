"""Writes and checks a safetensors file with struct and json alone, after the format's description.

    python3 interoperate.py write FILE    writes the tensors below (from_python.safetensors was made this way)
    python3 interoperate.py check FILE    checks every byte of FILE's layout and every value against the tensors below
"""
import json
import struct
import sys

# Types from the largest alignment to the smallest, the order in which the reference implementation writes them.
TYPES = ["U64", "I64", "F64", "F32", "U32", "I32", "BF16", "F16", "U16", "I16", "F8_E4M3", "F8_E5M2", "I8", "U8", "BOOL"]
CODES = {"U64": "Q", "I64": "q", "F64": "d", "F32": "f", "U32": "I", "I32": "i", "BF16": "H", "F16": "e", "U16": "H",
         "I16": "h", "F8_E4M3": "B", "F8_E5M2": "B", "I8": "b", "U8": "B", "BOOL": "B"}

METADATA = {"format": "pt", "note": "quote \" backslash \\ tab \t control \x01 umlaut ü face \U0001F600"}
TENSORS = {
    "layers.0.weight": ("F32", [2, 3], [-1.0, -0.5, 0.0, 0.5, 1.0, 3.4028234663852886e38]),
    "layers.0.bias": ("F32", [3], [0.25, -0.0, 1.401298464324817e-45]),
    "scalar": ("F64", [], [0.1]),
    "empty": ("F64", [0, 4], []),
    "i64": ("I64", [2], [-(2 ** 63), 2 ** 63 - 1]),
    "u64": ("U64", [1], [2 ** 64 - 1]),
    "i32": ("I32", [2, 1, 2], [-(2 ** 31), -1, 0, 2 ** 31 - 1]),
    "u32": ("U32", [1], [2 ** 32 - 1]),
    "f16": ("F16", [3], [1.5, -65504.0, 5.960464477539063e-08]),
    "bf16": ("BF16", [2], [0x3FC0, 0xC000]),  # 1.5 and -2 as bits: Python has no such number
    "i16": ("I16", [2], [-32768, 32767]),
    "u16": ("U16", [1], [65535]),
    "e4m3": ("F8_E4M3", [1], [0x38]),
    "e5m2": ("F8_E5M2", [1], [0x3C]),
    "i8": ("I8", [3], [-128, 0, 127]),
    "u8": ("U8", [2], [0, 255]),
    "mask": ("BOOL", [3], [1, 0, 1]),
    "Zeta \"quoted\" ü \U0001F600": ("F32", [1], [7.0]),
    "Zeta \"quoted\" ü \uFFFD": ("F32", [1], [8.0]),  # before the face in UTF-8, behind it in UTF-16
}


def build():
    names = sorted(TENSORS, key=lambda name: (TYPES.index(TENSORS[name][0]), name.encode("utf-8")))
    header, data = {"__metadata__": METADATA}, b""
    for name in names:
        dtype, shape, values = TENSORS[name]
        packed = struct.pack("<%d%s" % (len(values), CODES[dtype]), *values)
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + len(packed)]}
        data += packed
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode("utf-8")
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + data


def check(content):
    (length,) = struct.unpack("<Q", content[:8])
    assert length % 8 == 0, "the header is not padded to eight bytes"
    header, data = json.loads(content[8:8 + length].decode("utf-8")), content[8 + length:]
    assert header.pop("__metadata__") == METADATA, "metadata"
    assert set(header) == set(TENSORS), "names"
    end = 0
    for name, info in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
        dtype, shape, values = TENSORS[name]
        assert (info["dtype"], info["shape"]) == (dtype, shape), name
        begin, stop = info["data_offsets"]
        assert begin == end, "a gap before " + name
        end = stop
        code = "<%d%s" % (len(values), CODES[dtype])
        assert stop - begin == struct.calcsize(code), name
        assert data[begin:stop] == struct.pack(code, *values), "the values of " + name
    assert end == len(data), "bytes behind the last tensor"


if __name__ == "__main__":
    action, path = sys.argv[1:]
    if action == "write":
        with open(path, "wb") as file:
            file.write(build())
    else:
        with open(path, "rb") as file:
            check(file.read())
        print("all tensors agree")
