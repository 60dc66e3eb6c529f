namespace Kappa.Fuzz.Mutation;

/// <summary>Makes inputs of others: the same seed makes the same.</summary>
/// <param name="target">The reader that they are for.</param>
/// <param name="random">Decides.</param>
internal sealed class Mutator(FuzzTarget target, Philox random)
{
    private const int MostBytes = 1 << 16;
    private const int MostChanges = 6;

    /// <summary>The next input.</summary>
    /// <param name="pool">Inputs to change, at least one; new ones, which got where others did not, are changed more often.</param>
    /// <param name="valid">Those of them that are read, at least one: every second change is of one, since few of the others are a step from anything.</param>
    internal byte[] Next(IReadOnlyList<byte[]> pool, IReadOnlyList<byte[]> valid)
    {
        var parents = random.NextInt32(2) == 0 ? valid : pool;
        byte[] parent = parents[Math.Max(random.NextInt32(parents.Count), random.NextInt32(parents.Count))];
        List<byte> bytes = [.. parent];
        int changes = random.NextInt32(2) == 0 ? 1 : 1 + Math.Min(random.NextInt32(MostChanges), random.NextInt32(MostChanges));
        for (int i = 0; i < changes; i++)
            bytes = Change(bytes, pool);
        byte[] result = bytes.Count <= MostBytes ? [.. bytes] : [.. bytes[..MostBytes]];
        return target.Repair is { } repair && random.NextInt32(8) != 0 ? repair(result) : result;
    }

    private List<byte> Change(List<byte> bytes, IReadOnlyList<byte[]> pool) => target.Form switch
    {
        Form.Text when random.NextInt32(4) != 0 => TokenChanges.Change(bytes, pool, random),
        Form.Wire when random.NextInt32(4) != 0 => WireChanges.Change(bytes, pool, random),
        _ => ByteChanges.Change(bytes, pool, random),
    };
}
