namespace Kappa.Tensors.Cpu.Factorization;

/// <summary>Unknowns cut into nearly equal blocks, the larger ones first.</summary>
internal readonly struct UnknownBlocks
{
    private readonly int _rows;
    private readonly int _larger;

    /// <summary>As few blocks as hold at most <paramref name="largest"/> unknowns each.</summary>
    internal UnknownBlocks(int size, int largest)
    {
        Size = size;
        Count = (size + largest - 1) / largest;
        (_rows, _larger) = Math.DivRem(size, Count);
    }

    /// <summary>The unknowns.</summary>
    internal int Size { get; }

    /// <summary>The blocks.</summary>
    internal int Count { get; }

    /// <summary>The first unknown of a block.</summary>
    internal int Start(int block) => (block * _rows) + Math.Min(block, _larger);
}
