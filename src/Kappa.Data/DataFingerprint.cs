using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Kappa.Data;

/// <summary>The SHA-256 of data that a run is trained on.</summary>
public static class DataFingerprint
{
    private const int Chunk = 1000;

    /// <summary>Of tokens to train on, and to measure on.</summary>
    /// <param name="training">Tokens to train on.</param>
    /// <param name="validation">Tokens to measure on.</param>
    public static string Of(ReadOnlySpan<int> training, ReadOnlySpan<int> validation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(MemoryMarshal.AsBytes((ReadOnlySpan<int>)[training.Length]));
        hash.AppendData(MemoryMarshal.AsBytes(training));
        hash.AppendData(MemoryMarshal.AsBytes(validation));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Of all examples of data sets, one after another.</summary>
    /// <param name="sets">The data sets.</param>
    public static string Of(params ReadOnlySpan<DataSet> sets)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var set in sets)
        {
            foreach (var batch in set.BatchesInOrder(Chunk))
            {
                hash.AppendData(TensorBytes.Of(batch.Inputs));
                hash.AppendData(TensorBytes.Of(batch.Targets));
            }
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
