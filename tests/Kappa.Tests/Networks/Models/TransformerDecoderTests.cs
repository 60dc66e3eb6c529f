using Kappa.Networks.Models;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Tests.Networks.Models;

public sealed class TransformerDecoderTests
{
    private static readonly TransformerOptions Small = new() { VocabularySize = 11, ContextLength = 12, Width = 16, Layers = 2, Heads = 4, KeyHeads = 2 };

    public static TheoryData<string, TransformerOptions, DataType> Models => new()
    {
        { "grouped", Small, DataType.Float32 },
        { "double", Small, DataType.Float64 },
        { "plain", Small with { KeyHeads = null, NormalizeQueriesAndKeys = false, Layers = 1 }, DataType.Float32 },
        { "no blocks", Small with { Layers = 0 }, DataType.Float32 },
        { "wide", Small with { Width = 192, Heads = 6, KeyHeads = 6, ContextLength = 200, VocabularySize = 300 }, DataType.Float32 },
        { "dropout", Small with { Dropout = 0.5 }, DataType.Float32 },
        { "ReLU", Small with { MlpActivation = Activation.Relu }, DataType.Float32 },
        { "GELU", Small with { MlpActivation = Activation.Gelu }, DataType.Float64 },
    };

    [Theory]
    [MemberData(nameof(Models))]
    public void Its_logits_are_those_of_the_whole_sequence_to_the_last_bit(string name, TransformerOptions options, DataType type)
    {
        Assert.NotEmpty(name);
        var model = Scrambled(options, type);
        int[] tokens = Tokens(options, 1);
        double[][] expected = Whole(model, tokens);
        var decoder = new TransformerDecoder(model, 3);
        // In one go, one by one, and in pieces, side by side.
        Assert.Equal(expected[^1], decoder.Read(1, tokens).To(DataType.Float64).ToArray<double>());
        for (int i = 0; i < tokens.Length; i++)
            Assert.Equal(expected[i], decoder.Step([2], [tokens[i]]).To(DataType.Float64).ToArray<double>());
        for (int i = 0; i < tokens.Length; i += 5)
        {
            int end = Math.Min(i + 5, tokens.Length);
            Assert.Equal(expected[end - 1], decoder.Read(0, tokens.AsSpan(i, end - i)).To(DataType.Float64).ToArray<double>());
        }
        Assert.Equal(tokens.Length, decoder.Length(2));
    }

    [Fact]
    public void Sequences_of_different_lengths_do_not_disturb_each_other()
    {
        var model = Scrambled(Small, DataType.Float32);
        int[] first = Tokens(Small, 1), second = Tokens(Small, 2);
        double[][] ofFirst = Whole(model, first), ofSecond = Whole(model, second);
        var decoder = new TransformerDecoder(model, 4);
        decoder.Read(3, first.AsSpan(0, 4));
        for (int i = 4; i < 12; i++)
        {
            double[] both = decoder.Step([0, 3], [second[i - 4], first[i]]).To(DataType.Float64).ToArray<double>();
            Assert.Equal(ofSecond[i - 4], both[..11]);
            Assert.Equal(ofFirst[i], both[11..]);
        }
        decoder.Clear(3);
        Assert.Equal(ofSecond[0], decoder.Read(3, [second[0]]).To(DataType.Float64).ToArray<double>());
    }

    [Fact]
    public void Scores_out_of_the_range_of_single_precision_are_taken_in_double()
    {
        var options = Small with { NormalizeQueriesAndKeys = false, Layers = 1 };
        var model = Scrambled(options, DataType.Float32);
        foreach (var parameter in model.Parameters().Where(parameter => parameter.Name.Contains("query", StringComparison.Ordinal)
            || parameter.Name.Contains("key", StringComparison.Ordinal)))
        {
            foreach (ref float value in parameter.Tensor.Values<float>())
                value *= 1e20f;
        }
        int[] tokens = Tokens(options, 1);
        var decoder = new TransformerDecoder(model);
        double[] whole = Whole(model, tokens)[^1];
        Assert.All(whole, value => Assert.True(double.IsFinite(value)));
        for (int i = 0; i < tokens.Length - 1; i++)
            decoder.Step([0], [tokens[i]]);
        double[] last = decoder.Step([0], [tokens[^1]]).To(DataType.Float64).ToArray<double>();
        Assert.Equal(whole, last, (a, b) => Math.Abs(a - b) <= 1e-5 * Math.Max(1, Math.Abs(a)));
    }

    [Fact]
    public void Weights_are_those_of_the_moment_it_was_made()
    {
        var model = Scrambled(Small, DataType.Float32);
        double[] before = Whole(model, [1, 2, 3])[^1];
        var decoder = new TransformerDecoder(model);
        foreach (var parameter in model.Parameters())
            parameter.Tensor.Values<float>().Fill(0.1f);
        Assert.Equal(before, decoder.Read(0, [1, 2, 3]).To(DataType.Float64).ToArray<double>());
    }

    [Fact]
    public void It_allocates_nothing_that_lasts_and_records_nothing()
    {
        var model = Scrambled(Small, DataType.Float32);
        var decoder = new TransformerDecoder(model);
        using var scope = TensorScope.Begin();
        Assert.False(decoder.Read(0, [1]).RequiresGradient);
    }

    [Fact]
    public void Bad_input_is_refused_and_changes_nothing()
    {
        var decoder = new TransformerDecoder(Scrambled(Small, DataType.Float32), 2);
        decoder.Read(0, [1, 2]);
        Assert.Contains("one token or more", Assert.Throws<ArgumentException>(() => decoder.Read(0, [])).Message, StringComparison.Ordinal);
        Assert.Contains("sequence from 0 to 1", Assert.Throws<ArgumentOutOfRangeException>(() => decoder.Read(2, [1])).Message, StringComparison.Ordinal);
        Assert.Contains("holds 11", Assert.Throws<ArgumentOutOfRangeException>(() => decoder.Read(0, [11])).Message, StringComparison.Ordinal);
        Assert.Contains("holds -1", Assert.Throws<ArgumentOutOfRangeException>(() => decoder.Step([0], [-1])).Message, StringComparison.Ordinal);
        Assert.Contains("a token for each", Assert.Throws<ArgumentException>(() => decoder.Step([0, 1], [1])).Message, StringComparison.Ordinal);
        Assert.Contains("comes twice", Assert.Throws<ArgumentException>(() => decoder.Step([1, 1], [1, 2])).Message, StringComparison.Ordinal);
        Assert.Contains("the model's context of 12", Assert.Throws<ArgumentException>(() => decoder.Read(0, new int[11])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new TransformerDecoder(Scrambled(Small, DataType.Float32), 0));
        Assert.Equal(2, decoder.Length(0));
        Assert.Equal(0, decoder.Length(1));
    }

    private static int[] Tokens(TransformerOptions options, ulong seed)
    {
        var generator = new Philox(seed);
        return [.. Enumerable.Range(0, options.ContextLength).Select(_ => generator.NextInt32(options.VocabularySize))];
    }

    private static double[][] Whole(Transformer model, int[] tokens)
    {
        model.Eval();
        double[] all = model.Forward(Tensor.From(tokens, [1, tokens.Length])).To(DataType.Float64).ToArray<double>();
        int width = model.Options.VocabularySize;
        return [.. Enumerable.Range(0, tokens.Length).Select(i => all[(i * width)..((i + 1) * width)])];
    }

    /// <summary>Some layers start at zero, where a test would see nothing.</summary>
    private static Transformer Scrambled(TransformerOptions options, DataType type)
    {
        var model = new Transformer(options, type);
        var generator = new Philox(7);
        foreach (var parameter in model.Parameters())
            parameter.Tensor.CopyFromInPlace(Tensor.Normal(parameter.Tensor.Shape, generator.Split(parameter.Name), 0, 0.3, type));
        return model;
    }
}
