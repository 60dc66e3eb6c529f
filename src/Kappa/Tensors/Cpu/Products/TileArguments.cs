namespace Kappa.Tensors.Cpu.Products;

/// <summary>The arguments of one tile kernel. All strides are in elements and may be negative.</summary>
internal unsafe struct TileArguments<T>
    where T : unmanaged
{
    /// <summary>The first row of A.</summary>
    internal T* A;

    /// <summary>From one row of A to the next.</summary>
    internal nint ARowStride;

    /// <summary>From one step of the sum to the next in A.</summary>
    internal nint AStep;

    /// <summary>The first row of B, which a step of the sum reads along.</summary>
    internal T* B;

    /// <summary>From one step of the sum to the next in B.</summary>
    internal nint BStep;

    /// <summary>The tile of C; of the right-hand side in a solve.</summary>
    internal T* C;

    /// <summary>From one row of C to the next.</summary>
    internal nint CRowStride;

    /// <summary>The number of steps of the sum.</summary>
    internal nint Depth;

    /// <summary>How many elements of the last vector exist, when the tile is at the right edge.</summary>
    internal int EdgeCount;

    /// <summary>Whether to add to C.</summary>
    internal bool Accumulate;

    /// <summary>The factor on the sum when it is added to C. A sum that is written has no factor: short sums would pay for it.</summary>
    internal T Scale;
}
