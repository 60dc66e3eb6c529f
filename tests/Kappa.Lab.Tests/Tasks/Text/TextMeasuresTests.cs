namespace Kappa.Lab.Tests.Tasks.Text;

public sealed class TextMeasuresTests
{
    [Fact]
    public void Repetition_and_distinct_shares_are_counts_by_hand()
    {
        // Pairs: 12 23 31 12 23, of which three are distinct.
        int[] text = [1, 2, 3, 1, 2, 3];
        Assert.Equal(3.0 / 5, TextMeasures.DistinctShareOf([text], 2), 12);
        Assert.Equal(2.0 / 5, TextMeasures.RepetitionOf([text], 2), 12);
        // Twice the same text: no more kinds; repetition is within a text.
        Assert.Equal(3.0 / 10, TextMeasures.DistinctShareOf([text, text], 2), 12);
        Assert.Equal(2.0 / 5, TextMeasures.RepetitionOf([text, text], 2), 12);
        Assert.Equal(1, TextMeasures.DistinctShareOf([[1, 2]], 3));
        Assert.Equal(0, TextMeasures.RepetitionOf([[1, 12], [11, 2]], 2));
        Assert.Equal(1, TextMeasures.DistinctShareOf([[1, 12], [11, 2]], 2));
    }

    [Fact]
    public void The_divergence_of_frequencies_is_between_none_and_one_bit()
    {
        static IReadOnlyDictionary<long, double> Frequencies(int n, params int[][] texts) => TextMeasures.Frequencies(texts, n, 10);
        // 12 twice, 21 once; sequences do not go over the end of a text.
        Assert.Equal(
            [(12L, 2.0 / 3), (21L, 1.0 / 3)], Frequencies(2, [1, 2, 1], [1, 2]).OrderBy(entry => entry.Key).Select(entry => (entry.Key, entry.Value)));
        var (one, other) = (Frequencies(1, [1, 1, 1, 2]), Frequencies(1, [1, 3]));
        Assert.Equal(0, TextMeasures.DivergenceOf(one, one));
        Assert.Equal(1, TextMeasures.DivergenceOf(one, Frequencies(1, [4, 5])), 12);
        // Of 1 the shares are 3/4 and 1/2, in the middle 5/8; 2 and 3 are on one side alone.
        double expected = 0.5 * ((0.75 * Math.Log2(0.75 / 0.625)) + 0.25 + (0.5 * Math.Log2(0.5 / 0.625)) + 0.5);
        Assert.Equal(expected, TextMeasures.DivergenceOf(one, other), 12);
        Assert.Equal(expected, TextMeasures.DivergenceOf(other, one), 12);
    }

    [Fact]
    public void N_grams_are_smoothed_as_Witten_and_Bell_say()
    {
        // a b a c: after nothing a 2, b 1, c 1; after a: b 1, c 1.
        var model = new NGramModel([0, 1, 0, 2], 4, 2);
        double Single(int count) => (count + (3 * 0.25)) / (4 + 3);
        Assert.Equal(Single(2), model.Probability([], 0), 12);
        Assert.Equal(Single(0), model.Probability([], 3), 12);
        Assert.Equal((1 + (2 * Single(1))) / (2 + 2), model.Probability([3, 0], 1), 12);
        Assert.Equal((0 + (2 * Single(0))) / (2 + 2), model.Probability([0], 3), 12);
        // After what never came, the shorter context decides.
        Assert.Equal(Single(1), model.Probability([3], 1), 12);
        Assert.Equal(-Math.Log(model.Probability([0], 1)), model.Losses([0, 1], 1)[0], 12);
    }

    [Theory]
    [InlineData(3, 5)]
    [InlineData(50, 3)]
    [InlineData(65536, 5)]
    public void Probabilities_sum_to_one_after_any_context(int vocabulary, int order)
    {
        var generator = new Philox(5);
        int[] text = [.. Enumerable.Range(0, 400).Select(_ => generator.NextInt32(Math.Min(vocabulary, 6)))];
        var model = new NGramModel(text, vocabulary, order);
        foreach (int[] before in new[] { [], [1], text[..4], text[10..13], [2, 2, 2, 2, 2, 2] })
            Assert.Equal(1, Enumerable.Range(0, vocabulary).Sum(token => model.Probability(before, token)), 9);
    }
}
