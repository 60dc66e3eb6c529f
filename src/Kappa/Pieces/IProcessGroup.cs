namespace Kappa.Pieces;

/// <summary>The processes that train one model together. Every member is called by all of them, in one order; each call waits for the others.</summary>
/// <remarks>Sums are taken along one binary tree over the processes: neighbours first, then pairs of neighbours. A process that holds an aligned block of the
/// leaves of a larger tree, and has summed it along that tree, gets what one process alone would have got for all leaves, to the same bits.</remarks>
public interface IProcessGroup
{
    /// <summary>This process, from 0.</summary>
    int Rank { get; }

    /// <summary>How many processes there are; a power of two where sums are taken.</summary>
    int Size { get; }

    /// <summary>Bytes that this process has sent.</summary>
    long BytesSent { get; }

    /// <summary>Replaces values by their sums over all processes, along the tree.</summary>
    /// <param name="values">As many in every process.</param>
    void Sum(Span<float> values);

    /// <summary>As <see cref="Sum(Span{float})"/>, in double precision.</summary>
    /// <param name="values">As many in every process.</param>
    void Sum(Span<double> values);

    /// <summary>Sums values over all processes, along the tree, and leaves each process its part of the sums; the other values are of no use
    /// afterwards.</summary>
    /// <param name="values">As many in every process.</param>
    /// <param name="bounds">Where parts begin, and at last the number of values: part i, from <c>bounds[i]</c> to <c>bounds[i + 1]</c>, is that of the process
    /// whose <see cref="PartOf"/> is i.</param>
    void ReduceScatter(Span<float> values, ReadOnlySpan<int> bounds);

    /// <summary>As <see cref="ReduceScatter(Span{float}, ReadOnlySpan{int})"/>, in double precision.</summary>
    /// <param name="values">As many in every process.</param>
    /// <param name="bounds">Where parts begin.</param>
    void ReduceScatter(Span<double> values, ReadOnlySpan<int> bounds);

    /// <summary>Hands the part of each process to all.</summary>
    /// <param name="values">As many in every process, of which its part counts.</param>
    /// <param name="bounds">Where parts begin, as for <see cref="ReduceScatter(Span{float}, ReadOnlySpan{int})"/>.</param>
    void AllGather(Span<float> values, ReadOnlySpan<int> bounds);

    /// <summary>As <see cref="AllGather(Span{float}, ReadOnlySpan{int})"/>, in double precision.</summary>
    /// <param name="values">As many in every process, of which its part counts.</param>
    /// <param name="bounds">Where parts begin.</param>
    void AllGather(Span<double> values, ReadOnlySpan<int> bounds);

    /// <summary>Which part of values a process of so many gets: parts lie in the order in which halves of halves are exchanged, which is that of the bits of
    /// the rank backwards.</summary>
    /// <param name="rank">The process, from 0.</param>
    /// <param name="size">How many processes there are, a power of two.</param>
    static int PartOf(int rank, int size)
    {
        int part = 0;
        for (int bit = 1; bit < size; bit <<= 1)
            part = (part << 1) | ((rank & bit) == 0 ? 0 : 1);
        return part;
    }

    /// <summary>Hands a message of each process to all of them.</summary>
    /// <param name="message">That of this process, of any length.</param>
    /// <returns>The messages, in the order of the processes.</returns>
    byte[][] Gather(ReadOnlySpan<byte> message);

    /// <summary>Waits until every process has come here.</summary>
    void Barrier();

    /// <summary>Throws where another process has failed or is gone, and waits for nobody: for whoever works on its own for long.</summary>
    void RequireOthers();
}
