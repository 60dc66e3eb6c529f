using System.Globalization;
using System.Runtime.InteropServices;
using Kappa.Pieces;
using Kappa.Tensors;

namespace Kappa.LinearAlgebra.Arithmetic;

/// <summary>How many vectors a basis may have for the memory of this process.</summary>
internal static class BasisMemory
{
    /// <summary>Bytes that the process may use, by the machine or its container.</summary>
    internal static long Available => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>The least that a process of a group may use, so that all of them decide alike: the bytes of this one where it is alone.</summary>
    /// <param name="available">Bytes that this process may use.</param>
    /// <param name="processes">The group; null for this process alone. All of it calls this.</param>
    internal static long Least(long available, IProcessGroup? processes) =>
        processes?.Gather(MemoryMarshal.AsBytes<long>([available])).Min(message => BitConverter.ToInt64(message)) ?? available;

    /// <summary>The vectors that half of the memory holds; the other half is for products.</summary>
    internal static int Most(int dimension, DataType type, long available) => (int)Math.Min(int.MaxValue, available / 2 / ((long)dimension * type.SizeOf()));

    /// <summary>As many as are wanted, or fit, or an error where not even the least do.</summary>
    /// <param name="wanted">How many are wanted.</param>
    /// <param name="least">How many it takes.</param>
    /// <param name="dimension">N.</param>
    /// <param name="type">Of the elements.</param>
    /// <param name="wayOut">What the error advises.</param>
    /// <param name="available">Bytes that the process may use.</param>
    /// <exception cref="ArgumentException">The least do not fit.</exception>
    internal static int Choose(int wanted, int least, int dimension, DataType type, string wayOut, long available)
    {
        int most = Most(dimension, type, available);
        if (Math.Min(least, dimension) <= most)
            return Math.Min(Math.Min(wanted, most), dimension);
        double needed = (double)least * dimension * type.SizeOf();
        throw new ArgumentException(string.Create(
            CultureInfo.InvariantCulture,
            $"a basis of {least} vectors of {dimension} elements takes {needed / (1 << 30):F1} GB, and half of this process's memory is "
                + $"{available / 2.0 / (1 << 30):F1} GB: {wayOut}, or select fewer parameters"));
    }
}
