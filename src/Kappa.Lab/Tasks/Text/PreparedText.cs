namespace Kappa.Lab.Tasks.Text;

/// <summary>A text that transformers are compared on.</summary>
internal sealed class PreparedText(TextData data, string name, TextTaskSettings settings, TextJudge? judge, Func<Philox, Module> create) : PreparedTask
{
    internal const string BitsName = "bits per character";
    internal const string GapName = "judge gap";

    private readonly HeldOutText _heldOut = new(data, settings.ValidationExamples);

    private readonly WrittenDivergence? _written = settings.WrittenTokens == 0 ? null
        : new(data, settings.WrittenTokens, settings.Text.Tokenizer == TextSettings.Characters ? 3 : 1);

    internal TextJudge? Judge => judge;

    public override string MetricName => _written is null ? settings.Metric : "divergence of what is written";

    public override bool HigherIsBetter => false;

    public override string HorizonUnit => _written is not null ? "tokens written" : judge is null ? "tokens seen" : "tokens";

    public override IReadOnlyList<FindingSection> Notes => judge is null ? [] : [JudgeNote(judge)];

    public override IReadOnlyDictionary<string, string> Identity { get; } = new Dictionary<string, string> { [name] = data.Fingerprint };

    public override int TrainingCount => data.Training.Count;

    public override Func<Module, Tensor>? HeldOutLoss => _heldOut.Loss;

    public override Func<Module, CancellationToken, double>? PerturbedLoss => _heldOut.PerturbedLoss;

    public override Func<Module, CancellationToken, double>? UnrolledLoss => _heldOut.UnrolledLoss;

    public override Module CreateModel(ModelConfig? model, Philox generator) => model is null
        ? create(generator)
        : throw new ConfigException(
            $"model: {TextTask.TaskName} has a model of its own, a transformer; leave \"model\" out and choose task.width, task.layers and so on");

    public override Tensor TrainingLoss(Module model, ReadOnlySpan<int> indices) => data.Loss(model, indices);

    public override double ValidationLoss(Module model) => ValidationLoss(model, CancellationToken.None);

    public override double ValidationLoss(Module model, CancellationToken cancellation) => data.Evaluate(model, settings.ValidationExamples, cancellation).Loss;

    public override Deployment Deploy(Module model, CancellationToken cancellation)
    {
        if (_written is not null)
        {
            var some = data.Evaluate(model, settings.ValidationExamples, cancellation);
            var (whole, byLength) = _written.Of(model, cancellation);
            return new Deployment(whole, [byLength], new Dictionary<string, double> { ["loss"] = some.Loss, [data.MetricName] = some.Metric });
        }
        var evaluation = data.Evaluate(model, 0, cancellation);
        var scalars = new Dictionary<string, double> { ["loss"] = evaluation.Loss };
        List<HorizonCurve> curves = [ByPosition(model, cancellation)];
        if (judge is not null)
            AddWritten(judge, (Transformer)model, curves, scalars, cancellation);
        return new Deployment(settings.Metric == GapName ? scalars[GapName] : evaluation.Metric, curves, scalars);
    }

    /// <summary>Lets the model write on from the validation text, and adds what the texts are like.</summary>
    private void AddWritten(
        TextJudge judge, Transformer model, List<HorizonCurve> curves, Dictionary<string, double> scalars, CancellationToken cancellation)
    {
        var (given, real) = (settings.Generation, judge.Real);
        var written = judge.Measure(Texts(judge, model, cancellation), cancellation);
        scalars[GapName] = Math.Abs(written.JudgeMean - real.JudgeMean);
        (scalars["judge's bits per character"], scalars["judge's bits per character, real text"]) = (written.JudgeMean, real.JudgeMean);
        (scalars["n-gram bits per character"], scalars["n-gram bits per character, real text"]) = (written.CountMean, real.CountMean);
        (scalars["repetition"], scalars["repetition, real text"]) = (written.Repetition[^1], real.Repetition[^1]);
        (scalars["distinct 4-grams"], scalars["distinct 4-grams, real text"]) = (written.Distinct[^1], real.Distinct[^1]);
        void Add(string name, Func<TextMeasures, double[]> figure)
        {
            curves.Add(new HorizonCurve($"{name} of what it writes, by tokens written", written.Horizons, figure(written)));
            curves.Add(new HorizonCurve($"{name} of real text, by tokens", real.Horizons, figure(real)));
        }
        Add("judge's bits per character", measures => measures.JudgeBits);
        Add("n-gram bits per character", measures => measures.CountBits);
        Add("repetition", measures => measures.Repetition);
        Add("distinct 4-grams", measures => measures.Distinct);

        int[][] Texts(TextJudge by, Transformer writer, CancellationToken stop)
        {
            int[][] prompts = [.. by.Starts.Select(start => data.ValidationTokens.Slice(start, given.Prompt).ToArray())];
            var generator = new TokenGenerator(
                writer, new SamplingOptions { Temperature = given.Temperature, TopP = given.TopP }, (data.Tokenizer as CharacterTokenizer)?.UnknownToken,
                Math.Min(32, prompts.Length));
            var texts = generator.Generate(prompts, given.Tokens, new Philox(0).Split("texts"), cancellation: stop);
            return [.. prompts.Zip(texts, (prompt, text) => (int[])[.. prompt, .. text])];
        }
    }

    private FindingSection JudgeNote(TextJudge judge) => new(
        "Who judges what the models write",
        string.Create(
            CultureInfo.InvariantCulture,
            $"A transformer of {judge.Parameters:N0} parameters, trained on the training text for {settings.Generation.JudgeSteps} steps by itself. No ")
        + string.Create(
            CultureInfo.InvariantCulture,
            $"passage of the validation text is among it. It gives real text {judge.Real.JudgeMean:F3} bits per character. The gap is how far what a model "
                + $"writes is ")
        + "from that, above or below: text that repeats itself has fewer bits than real text. N-grams are counted in the first half of the validation text, "
        + "with Witten-Bell smoothing; models write on from the second half.");

    /// <summary>How much the model gains from context: bits per character by the number of tokens before.</summary>
    private HorizonCurve ByPosition(Module model, CancellationToken cancellation)
    {
        int length = data.UnitsPerExample, examples = Math.Min(settings.ValidationExamples, data.Validation.Count);
        double[] bits = new double[length];
        model.Eval();
        for (int example = 0; example < examples; example++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = TensorScope.Begin();
            var batch = data.Validation.Take([(int)((long)example * data.Validation.Count / examples)]);
            var logits = model.Forward(batch.Inputs).ReadOnlyValues<float>();
            var targets = batch.Targets.ReadOnlyValues<int>();
            for (int position = 0; position < length; position++)
                bits[position] += data.BitsPerCharacter(LossOf(logits.Slice(position * data.OutputSize, data.OutputSize), targets[position])) / examples;
            batch.Release();
        }
        return new HorizonCurve("bits per character by tokens seen", [.. Enumerable.Range(1, length).Select(position => (double)position)], bits);
    }

    private static double LossOf(ReadOnlySpan<float> logits, int target)
    {
        float largest = float.NegativeInfinity;
        foreach (float logit in logits)
            largest = Math.Max(largest, logit);
        double sum = 0;
        foreach (float logit in logits)
            sum += Math.Exp(logit - largest);
        return Math.Log(sum) + largest - logits[target];
    }
}
