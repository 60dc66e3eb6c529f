using Kappa.Networks.Models;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Generation;

/// <summary>Lets a transformer write: each token is drawn from its prediction after all before, and read as the next.</summary>
/// <remarks>
/// Keys and values are kept, so that a token costs one row of the model (<see cref="TransformerDecoder"/>); what is written is the same as without, token for
/// token. Where a sequence fills the model's context, the older half of it is forgotten, and the model goes on from the newer half. One thread at a time.
/// </remarks>
public sealed class TokenGenerator
{
    private readonly TransformerDecoder _decoder;
    private readonly TokenSampler _sampler;

    /// <summary>Makes a generator, with the weights as they are now.</summary>
    /// <param name="model">The model.</param>
    /// <param name="options">How to draw; null for the defaults.</param>
    /// <param name="never">A token that is never drawn, such as that for unknown characters; null for none.</param>
    /// <param name="sequences">How many are written side by side at most, 1 or more; decides memory and speed, not results.</param>
    public TokenGenerator(Transformer model, SamplingOptions? options = null, int? never = null, int sequences = 1)
    {
        ArgumentNullException.ThrowIfNull(model);
        _sampler = new TokenSampler(options ?? new SamplingOptions(), model.Options.VocabularySize, never);
        _decoder = new TransformerDecoder(model, sequences);
    }

    private int Context => _decoder.Options.ContextLength;

    /// <summary>Writes on, without end.</summary>
    /// <param name="prompt">The tokens to begin with; at least one. Of more than the context the last ones count.</param>
    /// <param name="generator">The source of randomness; it advances by one draw for each token.</param>
    /// <returns>The tokens after the prompt, as they come.</returns>
    public IEnumerable<int> Stream(IReadOnlyList<int> prompt, Philox generator)
    {
        RequirePrompt(prompt);
        ArgumentNullException.ThrowIfNull(generator);
        return StreamFrom([.. prompt.TakeLast(Context)], generator);
    }

    /// <summary>Writes on from several prompts, side by side.</summary>
    /// <param name="prompts">Each as <see cref="Stream"/> takes it.</param>
    /// <param name="most">The most tokens for each, 0 or more: no text is without end.</param>
    /// <param name="generator">The source of randomness. Prompt i is drawn for from its part i, whatever the others are; it does not advance.</param>
    /// <param name="isComplete">Told the number of the prompt and all its tokens so far, after each token: whether to stop there. Null: never.</param>
    /// <param name="cancellation">Stops between two tokens.</param>
    /// <returns>The tokens after each prompt, with the one that completed it.</returns>
    public IReadOnlyList<int[]> Generate(
        IReadOnlyList<IReadOnlyList<int>> prompts, int most, Philox generator, Func<int, IReadOnlyList<int>, bool>? isComplete = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        ArgumentNullException.ThrowIfNull(generator);
        ArgumentOutOfRangeException.ThrowIfNegative(most);
        foreach (var prompt in prompts)
            RequirePrompt(prompt);
        var written = prompts.Select(_ => new List<int>()).ToArray();
        int next = 0;
        var places = new Stack<int>(Enumerable.Range(0, _decoder.Sequences).Reverse());
        var active = new List<Sequence>();
        while (most > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            var fresh = new List<Sequence>();
            while (places.Count > 0 && next < prompts.Count)
                fresh.Add(new Sequence(next, places.Pop(), [.. prompts[next].TakeLast(Context)], generator.Split(next++)));
            if (active.Count + fresh.Count == 0)
                break;
            Step(active);
            foreach (var sequence in fresh)
                Read(sequence);
            active.AddRange(fresh);
            for (int i = active.Count - 1; i >= 0; i--)
            {
                var sequence = active[i];
                var tokens = written[sequence.Number];
                tokens.Add(sequence.Window[^1]);
                if (tokens.Count < most && isComplete?.Invoke(sequence.Number, tokens) != true)
                    continue;
                places.Push(sequence.Place);
                active.RemoveAt(i);
            }
        }
        return [.. written.Select(tokens => tokens.ToArray())];
    }

    private static void RequirePrompt(IReadOnlyList<int> prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        if (prompt.Count == 0)
            throw new ArgumentException("expected a prompt of at least one token", nameof(prompt));
    }

    private IEnumerable<int> StreamFrom(List<int> window, Philox generator)
    {
        var sequence = new Sequence(0, 0, window, generator);
        Read(sequence);
        while (true)
        {
            yield return sequence.Window[^1];
            Step([sequence]);
        }
    }

    /// <summary>Reads a sequence from its start, and draws the token after it.</summary>
    private void Read(Sequence sequence)
    {
        using var scope = TensorScope.Begin();
        _decoder.Clear(sequence.Place);
        Draw(sequence, Values(_decoder.Read(sequence.Place, [.. sequence.Window])));
    }

    /// <summary>Reads the last token of each sequence, and draws the one after it.</summary>
    private void Step(List<Sequence> sequences)
    {
        var (full, open) = (new List<Sequence>(), new List<Sequence>());
        foreach (var sequence in sequences)
            (sequence.Window.Count > Context ? full : open).Add(sequence);
        foreach (var sequence in full)
        {
            sequence.Window.RemoveRange(0, sequence.Window.Count - Math.Max(1, Context / 2));
            Read(sequence);
        }
        if (open.Count == 0)
            return;
        using var scope = TensorScope.Begin();
        var logits = Values(_decoder.Step([.. open.Select(sequence => sequence.Place)], [.. open.Select(sequence => sequence.Window[^1])]));
        int width = _decoder.Options.VocabularySize;
        for (int i = 0; i < open.Count; i++)
            Draw(open[i], logits.Slice(i * width, width));
    }

    private static ReadOnlySpan<float> Values(Tensor logits) =>
        (logits.DataType == DataType.Float32 ? logits : logits.To(DataType.Float32)).OnHost().ReadOnlyValues<float>();

    private void Draw(Sequence sequence, ReadOnlySpan<float> logits) => sequence.Window.Add(_sampler.Next(logits, sequence.Generator));

    /// <summary>A prompt and what was written after it, as far as the model sees it.</summary>
    private sealed record Sequence(int Number, int Place, List<int> Window, Philox Generator);
}
