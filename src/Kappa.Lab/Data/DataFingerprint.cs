using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Kappa.Lab.Data;

/// <summary>The SHA-256 of data that a run is trained on.</summary>
internal static class DataFingerprint
{
    private const int Chunk = 1000;

    /// <summary>Of tokens to train on, and to measure on.</summary>
    internal static string Of(ReadOnlySpan<int> training, ReadOnlySpan<int> validation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(MemoryMarshal.AsBytes((ReadOnlySpan<int>)[training.Length]));
        hash.AppendData(MemoryMarshal.AsBytes(training));
        hash.AppendData(MemoryMarshal.AsBytes(validation));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Of all examples of data sets, one after another.</summary>
    internal static string Of(params ReadOnlySpan<IDataSet> sets)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var set in sets)
        {
            for (int start = 0; start < set.Count; start += Chunk)
            {
                using var scope = TensorScope.Begin();
                var batch = set.Take([.. Enumerable.Range(start, Math.Min(Chunk, set.Count - start))]);
                foreach (var tensor in new[] { batch.Inputs, batch.Targets })
                    hash.AppendData(tensor.DataType == DataType.Int32 ? MemoryMarshal.AsBytes(tensor.ReadOnlyValues<int>()) : MemoryMarshal.AsBytes(tensor.ReadOnlyValues<float>()));
                batch.Release();
            }
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
