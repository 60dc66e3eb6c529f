namespace Kappa.Lab.Tasks.Text;

/// <summary>A text that transformers are compared on.</summary>
internal sealed class PreparedText(TextData data, string name, TextTaskSettings settings, Func<Philox, Module> create) : PreparedTask
{
    private readonly HeldOutText _heldOut = new(data, settings.ValidationExamples);

    private readonly WrittenDivergence? _written = settings.WrittenTokens == 0 ? null
        : new(data, settings.WrittenTokens, settings.Text.Tokenizer == TextSettings.Characters ? 3 : 1);

    public override string MetricName => _written is null ? data.MetricName : "divergence of what is written";

    public override bool HigherIsBetter => _written is null && data.HigherIsBetter;

    public override string HorizonUnit => _written is null ? "tokens seen" : "tokens written";

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
        return new Deployment(evaluation.Metric, [ByPosition(model, cancellation)], new Dictionary<string, double> { ["loss"] = evaluation.Loss });
    }

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
