using System.Text.Json;
using Kappa.Randomness;

namespace Kappa.Tests.Randomness;

public sealed class PhiloxTests
{
    private const ulong StableKey = 1119270755740873680;
    private const ulong StableStream = 2079164669139156175;

    /// <summary>kat_vectors of Random123, lines "philox4x32 10": counter words, key words, output words.</summary>
    [Theory]
    [InlineData(0x00000000u, 0x00000000u, 0x00000000u, 0x00000000u, 0x00000000u, 0x00000000u, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0xa4093822u, 0x299f31d0u, 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void Words_are_the_known_answers_of_Random123(
        uint c0, uint c1, uint c2, uint c3, uint k0, uint k1, uint r0, uint r1, uint r2, uint r3)
    {
        var generator = Philox.FromState(new PhiloxState(Join(k0, k1), Join(c2, c3), Join(c0, c1), Position: 0));

        Assert.Equal([r0, r1, r2, r3], Draw(generator, 4));
    }

    [Fact]
    public void A_root_generator_has_its_seed_as_key_and_starts_at_counter_zero()
    {
        Assert.Equal([0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u], Draw(new Philox(0), 4));
        Assert.Equal(new PhiloxState(42, 0, 0, 0), new Philox(42).State);
    }

    [Fact]
    public void Blocks_follow_the_counter()
    {
        var generator = new Philox(7);
        _ = Draw(generator, 4 * 9);

        Assert.Equal(Draw(Philox.FromState(new PhiloxState(7, 0, 9, 0)), 8), Draw(generator, 8));
    }

    [Fact]
    public void Numbers_are_read_from_the_words_as_documented()
    {
        uint[] words = Draw(new Philox(3), 4);

        Assert.Equal(((ulong)words[1] << 32) | words[0], new Philox(3).NextUInt64());
        Assert.Equal(Math.ScaleB((((ulong)words[1] << 32) | words[0]) >> 11, -53), new Philox(3).NextDouble());
        Assert.Equal(MathF.ScaleB(words[0] >> 8, -24), new Philox(3).NextSingle());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(1001)]
    public void A_state_that_went_through_json_continues_bit_identically(int drawnBefore)
    {
        var generator = new Philox(ulong.MaxValue - 5).Split("data").Split(-3);
        _ = Draw(generator, drawnBefore);
        string json = JsonSerializer.Serialize(generator.State);
        var resumed = Philox.FromState(JsonSerializer.Deserialize<PhiloxState>(json)!);

        Assert.Equal(generator.State, resumed.State);
        Assert.Equal(Draw(generator, 11), Draw(resumed, 11));
        Assert.Equal(generator.NextNormal(), resumed.NextNormal());
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(4)]
    public void A_state_with_an_impossible_position_is_rejected(int position)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => Philox.FromState(new PhiloxState(1, 2, 3, position)));

        Assert.Contains("expected 0 to 3", error.Message);
    }

    [Fact]
    public void Splits_do_not_depend_on_draws_and_do_not_advance_the_parent()
    {
        var early = new Philox(11);
        var late = new Philox(11);
        _ = Draw(late, 17);
        var before = late.State;

        Assert.Equal(early.Split("weights").State, late.Split("weights").State);
        Assert.Equal(early.Split(5).State, late.Split(5).State);
        Assert.Equal(before, late.State);
    }

    [Fact]
    public void Splits_of_the_same_generator_are_stable_over_versions()
    {
        // Computed by a second implementation, in Python, from the documented formula. A change here breaks every saved run.
        var child = new Philox(2026).Split("initialisation").Split(3);

        Assert.Equal(new PhiloxState(StableKey, StableStream, 0, 0), child.State);
    }

    [Fact]
    public void Different_paths_give_different_streams()
    {
        var root = new Philox(1);
        var states = new HashSet<PhiloxState> { root.State, root.Split("a").Split("b").State, root.Split("b").Split("a").State };
        for (int i = 0; i < 1000; i++)
        {
            _ = states.Add(root.Split(i).State);
            _ = states.Add(root.Split(i.ToString()).State);
            _ = states.Add(root.Split(new string('a', i + 1)).State);
        }
        _ = states.Add(root.Split("a\0").State);
        _ = states.Add(root.Split("ab").State);

        Assert.Equal(3 + 3000 + 2, states.Count);
    }

    [Fact]
    public void Sibling_streams_and_consecutive_seeds_are_uncorrelated()
    {
        const int Count = 200_000;
        AssertUncorrelated(new Philox(1), new Philox(2), Count);
        AssertUncorrelated(new Philox(1).Split(0), new Philox(1).Split(1), Count);
        AssertUncorrelated(new Philox(1), new Philox(1).Split("a"), Count);
    }

    [Fact]
    public void Integers_are_unbiased_where_a_plain_multiplication_is_not()
    {
        // With 3 * 2^29 outcomes a word maps onto 2^32 / (3 * 2^29) = 8/3 of a word: without rejection, outcomes = 2 mod 3 occur half as often.
        const int Max = 3 << 29;
        const int Draws = 300_000;
        var generator = new Philox(5);
        var counts = new int[3];
        for (int i = 0; i < Draws; i++)
        {
            counts[generator.NextInt32(Max) % 3]++;
        }

        double expected = Draws / 3.0;
        double chiSquare = counts.Sum(count => (count - expected) * (count - expected) / expected);
        Assert.InRange(chiSquare, 0, 13.8); // 2 degrees of freedom, 0.1%
    }

    [Fact]
    public void Integers_cover_their_range_and_only_it()
    {
        var generator = new Philox(6);
        var seen = Enumerable.Range(0, 1000).Select(_ => generator.NextInt32(7)).ToHashSet();

        Assert.Equal(Enumerable.Range(0, 7), seen.Order());
        Assert.Equal(0, generator.NextInt32(1));
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => generator.NextInt32(0));
        _ = Assert.Throws<ArgumentException>(() => generator.Split(""));
    }

    [Fact]
    public void Shuffles_reach_every_order_equally_often()
    {
        var generator = new Philox(8);
        var counts = new Dictionary<string, int>();
        const int Draws = 24_000;
        for (int i = 0; i < Draws; i++)
        {
            int[] values = [0, 1, 2, 3];
            generator.Shuffle(values);
            string order = string.Join(',', values);
            counts[order] = counts.GetValueOrDefault(order) + 1;
        }

        Assert.Equal(24, counts.Count);
        double chiSquare = counts.Values.Sum(count => Math.Pow(count - Draws / 24.0, 2) / (Draws / 24.0));
        Assert.InRange(chiSquare, 0, 49.7); // 23 degrees of freedom, 0.1%
    }

    private static void AssertUncorrelated(Philox first, Philox second, int count)
    {
        double sum = 0;
        for (int i = 0; i < count; i++)
        {
            sum += (first.NextDouble() - 0.5) * (second.NextDouble() - 0.5) * 12;
        }
        Assert.InRange(sum / Math.Sqrt(count), -4, 4);
    }

    private static uint[] Draw(Philox generator, int count) => [.. Enumerable.Range(0, count).Select(_ => generator.NextUInt32())];

    private static ulong Join(uint low, uint high) => ((ulong)high << 32) | low;
}
