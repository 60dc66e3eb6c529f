namespace Kappa.Lab.Tasks.Text;

/// <summary>Judges what models write: a larger model that is trained on the same training text by itself.</summary>
internal sealed class TextJudge
{
    private const int BatchSize = 16;
    private const int PassageLength = 64;
    private const double MostKnown = 0.01;
    private readonly int _prompt;
    private readonly int _vocabulary;
    private readonly Transformer _judge;

    /// <summary>Trains the judge, which takes a minute or so.</summary>
    /// <exception cref="ConfigException">The judge would learn the very text that it is to know nothing of.</exception>
    internal TextJudge(
        GenerationSettings settings, TransformerSettings model, TextData data, IProgress<double>? progress, CancellationToken cancellation)
    {
        (_prompt, _vocabulary) = (settings.Prompt, data.OutputSize);
        int length = settings.Prompt + settings.Tokens;
        RequireUnknown(data.TrainingTokens, data.ValidationTokens);
        var options = model.Options(_vocabulary) with { ContextLength = length, Width = model.Width * settings.JudgeWidth, Dropout = 0 };
        _judge = (Transformer)new Transformer(options).Initialize(new Philox(0).Split("judge"));
        var windows = new TokenDataSet(data.TrainingStream, length, 1);
        _ = AuxiliaryTraining.Run(
            _judge, settings.JudgeRate, settings.JudgeSteps, BatchSize, windows.Count, indices => Loss(windows, indices), new Philox(0).Split("judge's order"),
            progress, cancellation);
        _judge.Eval();
    }

    /// <summary>Parameters of the judge.</summary>
    internal int Parameters => _judge.Parameters().Sum(parameter => parameter.Tensor.Count);

    /// <summary>-ln p of each token after the prompt; the judge sees all before.</summary>
    internal double[] Losses(int[] text)
    {
        using var quiet = NoGradient.Begin();
        using var scope = TensorScope.Begin();
        var logits = _judge.Forward(Tensor.From(text[..^1], [1, text.Length - 1]));
        var logarithms = logits.LogSoftmax().ReadOnlyValues<float>();
        double[] losses = new double[text.Length - _prompt];
        for (int i = 0; i < losses.Length; i++)
        {
            int place = _prompt + i;
            losses[i] = -logarithms[((place - 1) * _vocabulary) + text[place]];
        }
        return losses;
    }

    private Tensor Loss(TokenDataSet windows, int[] indices)
    {
        var batch = windows.Take(indices);
        var logits = _judge.Forward(batch.Inputs);
        return Networks.Loss.CrossEntropy(logits.Reshape([batch.Targets.Count, _vocabulary]), batch.Targets.Reshape([batch.Targets.Count]));
    }

    /// <summary>Looks for passages of the validation text in the training text, by a rolling hash (Karp and Rabin, 1987), then token by token.</summary>
    private static void RequireUnknown(ReadOnlySpan<int> training, ReadOnlySpan<int> validation)
    {
        const ulong Base = 0x9E3779B97F4A7C15;
        if (validation.Length < PassageLength || training.Length < PassageLength)
            return;
        var passages = new Dictionary<ulong, int>();
        for (int start = 0; start + PassageLength <= validation.Length; start += PassageLength)
            passages[Hash(validation.Slice(start, PassageLength))] = start;
        ulong highest = 1;
        for (int i = 1; i < PassageLength; i++)
            highest *= Base;
        var found = new HashSet<int>();
        ulong hash = Hash(training[..PassageLength]);
        for (int start = 0; ; start++)
        {
            if (passages.TryGetValue(hash, out int place)
                && training.Slice(start, PassageLength).SequenceEqual(validation.Slice(place, PassageLength)))
                found.Add(place);
            if (start + PassageLength >= training.Length)
                break;
            hash = ((hash - ((ulong)training[start] * highest)) * Base) + (ulong)training[start + PassageLength];
        }
        if (found.Count > MostKnown * passages.Count)
        {
            throw new ConfigException(
                $"task.generation: the training text holds {found.Count} of {passages.Count} passages of the validation text, word for word. A judge that has "
                + "read the text it is to judge by says nothing: take the documents out that come twice, or set task.generation.judgeSteps to 0");
        }

        static ulong Hash(ReadOnlySpan<int> tokens)
        {
            ulong hash = 0;
            foreach (int token in tokens)
                hash = (hash * Base) + (ulong)token;
            return hash;
        }
    }
}
