using System.Security.Cryptography;
using System.Text.Json;
using Kappa.Networks;
using Kappa.Optimizers;

namespace Kappa.Checkpoints;

/// <summary>Reads the files of one checkpoint; an error names the file and the checkpoint to fall back to.</summary>
internal sealed class CheckpointReader
{
    /// <summary>What <c>state.json</c> may hold: the numbers of an optimizer, and what the caller adds.</summary>
    private const int LargestState = 1 << 26;

    private readonly string _folder;

    internal CheckpointReader(string folder) => _folder = folder;

    internal CheckpointState ReadState()
    {
        string path = Path.Combine(_folder, Checkpoint.StateFile);
        return Guard(path, () => CheckpointState.Read(BoundedFile.ReadAllBytes(path, LargestState)));
    }

    internal StateDict ReadTensors(CheckpointState state, string name)
    {
        string path = Path.Combine(_folder, name);
        return Guard(path, () =>
        {
            if (!state.Files.TryGetValue(name, out var expected) || expected is null)
                throw new JsonException($"{Checkpoint.StateFile} does not list it");
            using (var stream = BoundedFile.Open(path))
            {
                if (stream.Length != expected.Bytes)
                    throw new InvalidDataException($"expected {expected.Bytes} bytes, got {stream.Length}");
                string hash = Convert.ToHexStringLower(SHA256.HashData(stream));
                if (hash != expected.Sha256)
                    throw new InvalidDataException("its contents do not have the SHA-256 that was written down for them");
            }

            return StateDict.Load(path);
        });
    }

    internal OptimizerState ReadOptimizer(CheckpointState state)
    {
        var tensors = ReadTensors(state, Checkpoint.OptimizerFile);
        return Guard(Path.Combine(_folder, Checkpoint.StateFile), () =>
        {
            var result = new OptimizerState(state.Optimizer.Kind);
            foreach (var (name, value) in state.Optimizer.Numbers)
                result.Add(name, value);
            foreach (var (name, tensor) in tensors)
                result.Tensors.Add(name, tensor);
            return result;
        });
    }

    /// <summary>Refuses numbers that nothing can go on from.</summary>
    internal void RequireFinite(string file, string? fault)
    {
        if (fault is not null)
            throw new CheckpointException(Path.Combine(_folder, file), $"{fault}: the run had diverged when it was saved", Remedy());
    }

    private T Guard<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException or JsonException or ArgumentException)
        {
            string fault = error is FileNotFoundException or DirectoryNotFoundException ? "it is missing"
                : error is JsonException { LineNumber: not null } ? $"it is not whole JSON: {error.Message.TrimEnd('.')}"
                : error.Message.TrimEnd('.');
            throw new CheckpointException(path, $"the checkpoint cannot be read: {fault}", Remedy(), error);
        }
    }

    private string Remedy()
    {
        string? before = CheckpointFolders.List(Path.GetDirectoryName(_folder) ?? _folder).Select(entry => entry.Path)
            .LastOrDefault(path => string.CompareOrdinal(path, _folder) < 0);
        return before is null
            ? $"There is no earlier one beside it: delete {_folder} and start anew"
            : $"To fall back to {before}, delete {_folder} and resume";
    }
}
