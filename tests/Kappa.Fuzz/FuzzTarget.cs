namespace Kappa.Fuzz;

/// <summary>A reader of strangers' bytes.</summary>
/// <param name="Name">What the command line and the folder of its corpus call it.</param>
/// <param name="Read">Reads an input, checks that what was read can be written and read to the same, and says in a word or two what was read. It throws what
/// the reader throws, or <see cref="UnfaithfulException"/>.</param>
internal sealed record FuzzTarget(string Name, Func<FuzzInput, string> Read)
{
    /// <summary>The members of the library that it reads by, as <c>Type.Member</c>.</summary>
    internal required IReadOnlyList<string> Readers { get; init; }

    /// <summary>The exceptions that the reader documents; of no other class, derived ones included, may one come out.</summary>
    internal required IReadOnlyList<Type> Refusals { get; init; }

    /// <summary>What inputs are made of.</summary>
    internal Form Form { get; init; } = Form.Bytes;

    /// <summary>The name of the file that is read.</summary>
    internal string FileName { get; init; } = "input";

    /// <summary>Makes what no chance would hit right again after a change, such as check sums.</summary>
    internal Func<byte[], byte[]>? Repair { get; init; }

    /// <summary>Valid inputs to begin with: a name and the bytes. <c>corpus</c> writes those that are not there.</summary>
    internal required Func<IEnumerable<(string Name, byte[] Bytes)>> Seeds { get; init; }

    /// <summary>The most bytes that reading may allocate, all together, for an input of a length.</summary>
    internal Func<int, long> MostAllocated { get; init; } = length => (64L << 20) + (4096L * length);

    /// <inheritdoc/>
    public override string ToString() => Name;
}
