namespace Kappa.Randomness;

public sealed partial class Philox
{
    private const uint NameTag = 1;
    private const uint IndexTag = 2;

    /// <summary>An independent generator for a named purpose; this generator does not advance.</summary>
    /// <param name="name">What the stream is for, such as <c>"initialisation"</c>; not empty. Case and every character count.</param>
    /// <returns>A generator at its start. It depends on the path of names from the seed alone, not on what was drawn before.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty.</exception>
    /// <remarks>The child's key and stream are a 128-bit hash of the parent's key and stream and the name's UTF-16 code units, four
    /// to a block, each block compressed as <c>h = h xor Philox(counter: h, key: block)</c>. It is part of the format of saved runs
    /// and does not change. Two of n paths share a stream with probability about n^2 / 2^129.</remarks>
    public Philox Split(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var hash = new PathHash(_key, _stream, NameTag, (uint)name.Length);
        for (int start = 0; start < name.Length; start += 4)
        {
            ulong block = 0;
            for (int i = start; i < Math.Min(start + 4, name.Length); i++)
            {
                block |= (ulong)name[i] << (16 * (i - start));
            }
            hash.Absorb(block);
        }
        return hash.ToGenerator();
    }

    /// <summary>An independent generator for one of many alike, such as a seed's, an epoch's or a worker's; this one does not advance.</summary>
    /// <param name="index">Any number.</param>
    /// <returns>A generator at its start; never the one that <see cref="Split(string)"/> gives for the digits of the same number.</returns>
    public Philox Split(long index)
    {
        var hash = new PathHash(_key, _stream, IndexTag, length: 1);
        hash.Absorb((ulong)index);
        return hash.ToGenerator();
    }

    private struct PathHash
    {
        private uint _h0;
        private uint _h1;
        private uint _h2;
        private uint _h3;

        public PathHash(ulong key, ulong stream, uint tag, uint length)
        {
            (_h0, _h1, _h2, _h3) = ((uint)stream, (uint)(stream >> 32), tag, length);
            Absorb(key);
        }

        public void Absorb(ulong block)
        {
            var (c0, c1, c2, c3) = (_h0, _h1, _h2, _h3);
            Philox4x32.Apply(ref c0, ref c1, ref c2, ref c3, block);
            (_h0, _h1, _h2, _h3) = (_h0 ^ c0, _h1 ^ c1, _h2 ^ c2, _h3 ^ c3);
        }

        public readonly Philox ToGenerator() =>
            new(((ulong)_h1 << 32) | _h0, ((ulong)_h3 << 32) | _h2, counter: 0, position: 0);
    }
}
