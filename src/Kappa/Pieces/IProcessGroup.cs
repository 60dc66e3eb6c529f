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

    /// <summary>Hands a message of each process to all of them.</summary>
    /// <param name="message">That of this process, of any length.</param>
    /// <returns>The messages, in the order of the processes.</returns>
    byte[][] Gather(ReadOnlySpan<byte> message);

    /// <summary>Waits until every process has come here.</summary>
    void Barrier();

    /// <summary>Throws where another process has failed or is gone, and waits for nobody: for whoever works on its own for long.</summary>
    void RequireOthers();
}
