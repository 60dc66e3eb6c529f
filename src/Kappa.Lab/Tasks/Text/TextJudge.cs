namespace Kappa.Lab.Tasks.Text;

/// <summary>Judges what models write: a larger model that is trained on the same training text by itself, and counts of the first half of the validation
/// text. Models write on from the other half.</summary>
internal sealed class TextJudge
{
    private const int BatchSize = 16;
    private const int LongestGram = 5;
    private const int PassageLength = 64;
    private const double MostKnown = 0.01;
    private readonly GenerationSettings _settings;
    private readonly Tokenizer _tokenizer;
    private readonly Transformer _judge;
    private readonly NGramModel _grams;
    private readonly int[] _characters;

    /// <summary>Trains the judge, which takes a minute or so.</summary>
    /// <exception cref="ConfigException">The text is too short, or the judge would learn the very text that it is to know nothing of.</exception>
    internal TextJudge(
        GenerationSettings settings, TransformerSettings model, TextData data, IProgress<double>? progress, CancellationToken cancellation)
    {
        (_settings, _tokenizer) = (settings, data.Tokenizer);
        int length = settings.Prompt + settings.Tokens;
        int held = data.ValidationTokens.Length, half = held / 2;
        if (data.TrainingTokens.Length <= length || held - half <= length)
        {
            throw new ConfigException(
                $"task.generation.tokens: expected texts of fewer tokens than the training text and half of the validation text have, "
                + $"{data.TrainingTokens.Length} and {held - half}; got {settings.Prompt} + {settings.Tokens}");
        }
        RequireUnknown(data.TrainingTokens, data.ValidationTokens);
        var options = model.Options(_tokenizer.VocabularySize) with { ContextLength = length, Width = model.Width * settings.JudgeWidth, Dropout = 0 };
        _judge = (Transformer)new Transformer(options).Initialize(new Philox(0).Split("judge"));
        var windows = new TokenDataSet(data.TrainingStream, length, 1);
        _ = AuxiliaryTraining.Run(
            _judge, settings.JudgeRate, settings.JudgeSteps, BatchSize, windows.Count, indices => Loss(windows, indices), new Philox(0).Split("judge's order"),
            progress, cancellation);
        _judge.Eval();
        // What is measured is of the other half, so that no text is judged by its own counts.
        _grams = new NGramModel(data.ValidationTokens[..half], _tokenizer.VocabularySize, LongestGram);
        _characters = [.. Enumerable.Range(0, _tokenizer.VocabularySize).Select(CharactersOf)];
        Starts = [.. Enumerable.Range(0, settings.Texts).Select(i => half + (int)((long)i * (held - half - length) / settings.Texts))];
        Real = Measure([.. Starts.Select(start => data.ValidationTokens.Slice(start, length).ToArray())], cancellation);
    }

    /// <summary>Where in the validation text each prompt stands.</summary>
    internal IReadOnlyList<int> Starts { get; }

    /// <summary>The measures of the text itself, where models write on.</summary>
    internal TextMeasures Real { get; }

    /// <summary>Parameters of the judge.</summary>
    internal int Parameters => _judge.Parameters().Sum(parameter => parameter.Tensor.Count);

    /// <summary>Measures texts, each with its prompt.</summary>
    internal TextMeasures Measure(int[][] texts, CancellationToken cancellation)
    {
        int prompt = _settings.Prompt;
        double[] horizons = [.. Horizons()];
        double[] judged = new double[horizons.Length], counted = new double[horizons.Length], characters = new double[horizons.Length];
        double[] repeated = new double[horizons.Length], distinct = new double[horizons.Length];
        foreach (int[] text in texts)
        {
            cancellation.ThrowIfCancellationRequested();
            double[] byJudge = JudgedLosses(text), byCounts = _grams.Losses(text, prompt);
            for (int i = 0; i < byJudge.Length; i++)
            {
                int band = Array.FindIndex(horizons, horizon => i < horizon);
                judged[band] += byJudge[i];
                counted[band] += byCounts[i];
                characters[band] += _characters[text[prompt + i]];
            }
        }
        for (int band = 0; band < horizons.Length; band++)
        {
            int[][] beginnings = [.. texts.Select(text => text[prompt..(prompt + (int)horizons[band])])];
            repeated[band] = TextQuality.Repetition(beginnings, 8);
            distinct[band] = TextQuality.DistinctShare(beginnings, 4);
        }
        double Bits(double[] losses, int band) => losses[band] / Math.Log(2) / Math.Max(1, characters[band]);
        double all = Math.Max(1, characters.Sum()) * Math.Log(2);
        return new TextMeasures(
            horizons, [.. horizons.Select((_, band) => Bits(judged, band))], [.. horizons.Select((_, band) => Bits(counted, band))], repeated, distinct,
            judged.Sum() / all, counted.Sum() / all);
    }

    /// <summary>Powers of two from 8, and the length of the texts.</summary>
    private IEnumerable<double> Horizons()
    {
        for (int length = 8; length < _settings.Tokens; length *= 2)
            yield return length;
        yield return _settings.Tokens;
    }

    private Tensor Loss(TokenDataSet windows, int[] indices)
    {
        var batch = windows.Take(indices);
        var logits = _judge.Forward(batch.Inputs);
        return Networks.Loss.CrossEntropy(logits.Reshape([batch.Targets.Count, _tokenizer.VocabularySize]), batch.Targets.Reshape([batch.Targets.Count]));
    }

    /// <summary>-ln p of each token after the prompt, by the judge, which sees all before.</summary>
    private double[] JudgedLosses(int[] text)
    {
        using var quiet = NoGradient.Begin();
        using var scope = TensorScope.Begin();
        var logits = _judge.Forward(Tensor.From(text[..^1], [1, text.Length - 1]));
        var logarithms = logits.LogSoftmax().ReadOnlyValues<float>();
        double[] losses = new double[text.Length - _settings.Prompt];
        for (int i = 0; i < losses.Length; i++)
        {
            int place = _settings.Prompt + i;
            losses[i] = -logarithms[((place - 1) * _tokenizer.VocabularySize) + text[place]];
        }
        return losses;
    }

    /// <summary>Bytes that begin a character; the others of it come after.</summary>
    private int CharactersOf(int token)
    {
        int count = 0;
        foreach (byte value in _tokenizer.BytesOf(token))
            count += (value & 0xC0) == 0x80 ? 0 : 1;
        return count;
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
                + "read the text it is to judge by says nothing: take the documents out that come twice, or set task.generation.texts to 0");
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
