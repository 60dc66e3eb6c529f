#!/usr/bin/env python3
"""Prints what the runs of run.sh ended with, a line for each number with all its digits, and a hash for each tensor.

    digest.py FOLDER > before.txt

Times, and what names the machine or the folder, are left out. A trial is called by its optimizer, rate and seed, a cell by its key, so that the lines
survive a change of the folders' layout; what changed its place otherwise is for `place` to map.
"""
import hashlib
import json
import pathlib
import struct
import sys

LEFT_OUT = {"identity", "instructions", "kappa", "folder", "path", "checkpoint", "commandline", "machine", "started", "created", "sha256", "format", "version"}
# Seconds of the stages are all that this experiment measures.
TIMED = {"curvature-table2": {"subspace", "surrogate", "direct", "quadratic", "moment"}}
FILES = ("result.json", "summary.json", "diagnosis.json", "probe.json")


def is_left_out(run, name):
    lower = name.lower()
    return "seconds" in lower or lower in LEFT_OUT or lower in TIMED.get(run, ())


def leaves(run, value, path):
    if isinstance(value, dict):
        for name in sorted(value):
            if not is_left_out(run, name):
                yield from leaves(run, value[name], f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from leaves(run, item, f"{path}[{index}]")
    elif value is not None:
        yield path, value


def read(text):
    # Numbers stay the digits that stand in the file.
    return json.loads(text, parse_float=str, parse_int=str)


def tensors(path):
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header, body = json.loads(data[8:8 + length]), data[8 + length:]
    for name in sorted(header):
        if name != "__metadata__":
            entry = header[name]
            start, end = entry["data_offsets"]
            yield name, f"{entry['dtype']} {entry['shape']} {hashlib.sha256(body[start:end]).hexdigest()[:16]}"


def place(root, file):
    """Which part of which run a file belongs to."""
    run, *folders = file.relative_to(root).parts[:-1]
    if "cells" in folders or file.parent.name == "cells":
        inside = file.relative_to(root / run / "cells").parts[0]
        return f"{run} cell {inside.removesuffix('.json')}"
    if "trials" in folders and (file.parent / "result.json").exists():
        result = read((file.parent / "result.json").read_text())
        if {"optimizer", "learningRate", "seed"} <= result.keys():
            return f"{run} {result['optimizer']}, {float(result['learningRate']):g}, {result['seed']}"
        return f"{run} {file.parent.name}"
    return run


def digest(root):
    for run in sorted(path for path in root.iterdir() if path.is_dir() and path.name != "logs"):
        steps = sorted((run / "checkpoints").glob("step-*"))
        for file in sorted(path for path in run.rglob("*") if path.is_file()):
            if file.name in FILES or file.parent.name == "cells":
                for path, value in leaves(run.name, read(file.read_text()), ""):
                    yield f"{place(root, file)}: {path} = {value}"
            elif file.name == "metrics.jsonl":
                for line in file.read_text().splitlines():
                    fields = read(line)
                    for path, value in leaves(run.name, fields, ""):
                        if path != "step":
                            yield f"{place(root, file)}: step {fields.get('step')} {path} = {value}"
            elif file.name == "model.safetensors" and steps and file.parent == steps[-1]:
                for name, value in tensors(file):
                    yield f"{run.name}: final {name} = {value}"
    for file in sorted(root.glob("*.safetensors")):
        for name, value in tensors(file):
            yield f"{file.name}: {name} = {value}"
    for file in sorted((root / "logs").glob("generate*.out")):
        yield f"{file.name} = {file.read_text()!r}"


print("\n".join(sorted(digest(pathlib.Path(sys.argv[1])))))
