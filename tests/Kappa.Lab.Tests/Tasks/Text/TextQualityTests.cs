namespace Kappa.Lab.Tests.Tasks.Text;

public sealed class TextQualityTests
{
    [Fact]
    public void Repetition_and_distinct_shares_are_counts_by_hand()
    {
        // Pairs: 12 23 31 12 23, of which three are distinct.
        int[] text = [1, 2, 3, 1, 2, 3];
        Assert.Equal(3.0 / 5, TextQuality.DistinctShare([text], 2), 12);
        Assert.Equal(2.0 / 5, TextQuality.Repetition([text], 2), 12);
        // Twice the same text: no more kinds; repetition is within a text.
        Assert.Equal(3.0 / 10, TextQuality.DistinctShare([text, text], 2), 12);
        Assert.Equal(2.0 / 5, TextQuality.Repetition([text, text], 2), 12);
        Assert.Equal(1, TextQuality.DistinctShare([[1, 2]], 3));
        Assert.Equal(0, TextQuality.Repetition([[1, 12], [11, 2]], 2));
        Assert.Equal(1, TextQuality.DistinctShare([[1, 12], [11, 2]], 2));
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
