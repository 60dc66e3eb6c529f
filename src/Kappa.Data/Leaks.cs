using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Kappa.Data;

/// <summary>Finds examples to measure on that are trained on as well, which makes the measurement too good.</summary>
public static class Leaks
{
    private const int Rows = 1000;

    /// <summary>Counts validation examples whose input is that of a training example, byte for byte.</summary>
    /// <param name="training">Examples to train on. All are read once.</param>
    /// <param name="validation">Examples to measure on. All are read once.</param>
    /// <param name="cancellation">Asked between blocks of examples.</param>
    /// <returns>How many, and the first.</returns>
    /// <remarks>Inputs are compared by the first 128 bits of their SHA-256, so that two that differ are taken for one less than once in 1e25 comparisons of a
    /// million examples. Memory: 16 bytes for each training example, and what a hash table adds.</remarks>
    /// <exception cref="ArgumentException">The inputs of the two are of different shape or type.</exception>
    public static LeakReport Find(DataSet training, DataSet validation, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(validation);
        if (training.InputShape != validation.InputShape || training.InputType != validation.InputType)
        {
            throw new ArgumentException(
                $"expected inputs of one kind; those to train on are {training.InputShape} {training.InputType}, those to measure on {validation.InputShape} "
                + $"{validation.InputType}", nameof(validation));
        }
        HashSet<UInt128> known = new(training.Count);
        foreach (var hash in Hashes(training, cancellation))
            _ = known.Add(hash);
        int count = 0, first = -1, row = 0;
        foreach (var hash in Hashes(validation, cancellation))
        {
            if (known.Contains(hash))
            {
                first = count == 0 ? row : first;
                count++;
            }
            row++;
        }
        return new LeakReport(count, first, validation.Count);
    }

    private static IEnumerable<UInt128> Hashes(DataSet data, CancellationToken cancellation)
    {
        foreach (var batch in data.BatchesInOrder(Rows))
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (var hash in HashesOf(batch.Inputs))
                yield return hash;
        }
    }

    private static UInt128[] HashesOf(Tensor inputs)
    {
        var hashes = new UInt128[inputs.Shape[0]];
        var bytes = TensorBytes.Of(inputs);
        int length = bytes.Length / hashes.Length;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        for (int row = 0; row < hashes.Length; row++)
        {
            _ = SHA256.HashData(bytes.Slice(row * length, length), hash);
            hashes[row] = MemoryMarshal.Read<UInt128>(hash);
        }
        return hashes;
    }
}
