using Kappa.Tensors;
using Kappa.Tensors.Memory;

namespace Kappa.Curvature.Operators;

/// <summary>What tensors held at one moment, to notice that they changed.</summary>
/// <remarks>
/// Whoever asks about the same memory learns from its version, at no cost. The checksum of the contents decides where the version cannot: after a change
/// that may have been taken back, for data that are read anew each time, and where a user was given a span to write through.
/// </remarks>
internal sealed class Fingerprint
{
    private readonly Entry[] _entries;

    private Fingerprint(Entry[] entries) => _entries = entries;

    internal static Fingerprint Of(params ReadOnlySpan<Tensor> tensors)
    {
        var entries = new Entry[tensors.Length];
        for (int i = 0; i < entries.Length; i++)
            entries[i] = new Entry(Place.Of(tensors[i]), tensors[i].Storage.IsExposed, ChecksumOf(tensors[i]));
        return new(entries);
    }

    /// <summary>Whether tensors hold what those hold that this was made of.</summary>
    internal bool Matches(params ReadOnlySpan<Tensor> tensors)
    {
        if (tensors.Length != _entries.Length)
            return false;
        for (int i = 0; i < _entries.Length; i++)
        {
            bool isKnown = !_entries[i].WasExposed && !tensors[i].Storage.IsExposed && Place.Of(tensors[i]) == _entries[i].Place;
            if (!isKnown && ChecksumOf(tensors[i]) != _entries[i].Checksum)
                return false;
        }

        return true;
    }

    /// <summary>A piece of memory in one state.</summary>
    private static ulong ChecksumOf(Tensor tensor)
    {
        var host = tensor.OnHost();
        ulong checksum = Checksum.Of(host.Bytes);
        if (host != tensor)
            host.Dispose();
        return checksum;
    }

    private readonly record struct Place(long Block, long Version, int Start, int Length)
    {
        internal static Place Of(Tensor tensor) =>
            new(tensor.Storage.Id, tensor.Storage.Version, tensor.StartByte, tensor.Count * tensor.DataType.SizeOf());
    }

    private readonly record struct Entry(Place Place, bool WasExposed, ulong Checksum);
}
