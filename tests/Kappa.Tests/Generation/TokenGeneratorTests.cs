using Kappa.Generation;
using Kappa.Networks.Models;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Tests.Generation;

public sealed class TokenGeneratorTests
{
    private static readonly TransformerOptions Small = new() { VocabularySize = 13, ContextLength = 10, Width = 16, Layers = 2, Heads = 2 };
    private static readonly SamplingOptions[] Ways =
    [
        new() { Temperature = 0 }, new() { Temperature = 1 }, new() { Temperature = 1.5, TopK = 4 }, new() { Temperature = 1, TopP = 0.7 },
    ];

    [Fact]
    public void What_it_writes_is_what_the_whole_model_writes_without_a_cache()
    {
        var model = Scrambled();
        foreach (var options in Ways)
        {
            for (int length = 1; length < 14; length += 3)
            {
                int[] prompt = [.. Enumerable.Range(0, length).Select(i => (i * i) % 13)];
                Assert.Equal(Naive(model, prompt, options, new Philox(5), 60), new TokenGenerator(model, options).Stream(prompt, new Philox(5)).Take(60));
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(16)]
    public void Prompts_side_by_side_are_written_on_as_each_alone(int sequences)
    {
        var model = Scrambled();
        var options = new SamplingOptions { Temperature = 1 };
        int[][] prompts = [[1], [2, 3, 4], [5, 6, 7, 8, 9, 10, 11, 12, 0, 1], [3], [4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4]];
        var written = new TokenGenerator(model, options, sequences: sequences).Generate(
            prompts, 25, new Philox(9), (number, tokens) => tokens.Count >= 20 - number || tokens[^1] == 7);
        for (int i = 0; i < prompts.Length; i++)
        {
            int[] alone = Naive(model, prompts[i], options, new Philox(9).Split(i), 25);
            int end = Array.FindIndex(alone, token => token == 7);
            Assert.Equal(alone[..Math.Min(end < 0 ? 25 : end + 1, 20 - i)], written[i]);
        }
    }

    [Fact]
    public void A_token_that_is_never_drawn_never_comes_and_the_number_is_a_bound()
    {
        var generator = new TokenGenerator(Scrambled(), new SamplingOptions { Temperature = 3 }, never: 4, sequences: 2);
        var texts = generator.Generate([[1], [2]], 200, new Philox(1));
        Assert.All(texts, text => Assert.Equal(200, text.Length));
        Assert.DoesNotContain(4, texts.SelectMany(text => text));
        Assert.All(generator.Generate([[1], [2]], 0, new Philox(1)), Assert.Empty);
        Assert.Empty(generator.Generate([], 10, new Philox(1)));
    }

    [Fact]
    public void Bad_input_and_cancellation_are_told()
    {
        var generator = new TokenGenerator(Scrambled());
        Assert.Contains("at least one token", Assert.Throws<ArgumentException>(() => generator.Stream([], new Philox(0))).Message, StringComparison.Ordinal);
        Assert.Contains(
            "at least one token", Assert.Throws<ArgumentException>(() => generator.Generate([[1], []], 3, new Philox(0))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => generator.Generate([[1]], -1, new Philox(0)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TokenGenerator(Scrambled(), never: 13));
        Assert.Throws<OperationCanceledException>(
            () => generator.Generate([[1]], 3, new Philox(0), cancellation: new CancellationToken(canceled: true)));
        var diverged = Scrambled();
        diverged.Parameters()[0].Tensor.Values<float>().Fill(float.NaN);
        Assert.Throws<NonFiniteException>(() => new TokenGenerator(diverged).Stream([1], new Philox(0)).First());
    }

    /// <summary>The whole window through the whole model for each token; of a full window the newer half stays.</summary>
    private static int[] Naive(Transformer model, IReadOnlyList<int> prompt, SamplingOptions options, Philox generator, int count)
    {
        var sampler = new TokenSampler(options, 13);
        int context = model.Options.ContextLength;
        List<int> window = [.. prompt.TakeLast(context)], written = [];
        while (written.Count < count)
        {
            if (window.Count > context)
                window.RemoveRange(0, window.Count - (context / 2));
            var logits = model.Forward(Tensor.From<int>([.. window], [1, window.Count]));
            written.Add(sampler.Next(logits.ReadOnlyValues<float>()[^13..], generator));
            window.Add(written[^1]);
        }
        return [.. written];
    }

    private static Transformer Scrambled()
    {
        var model = new Transformer(Small);
        foreach (var parameter in model.Parameters())
            parameter.Tensor.CopyFromInPlace(Tensor.Normal(parameter.Tensor.Shape, new Philox(3).Split(parameter.Name), 0, 0.5));
        model.Eval();
        return model;
    }
}
