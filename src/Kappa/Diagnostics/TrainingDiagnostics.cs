using Kappa.LinearAlgebra.Arithmetic;
using Kappa.LinearAlgebra.Operators;
using Kappa.LinearAlgebra.Solvers;
using Kappa.Networks;
using Kappa.Tensors;

namespace Kappa.Diagnostics;

/// <summary>Measures how well a model in training is conditioned, now and then.</summary>
/// <remarks>
/// <code>
/// var diagnostics = new TrainingDiagnostics(model, inputs, new DiagnosticsOptions { Observe = Observe.Every(200) });
/// ... diagnostics.BeforeStep(optimizer.StepCount);
/// optimizer.Step();
/// if (diagnostics.AfterStep(optimizer.StepCount) is { } record) log.Append(record);
/// </code>
/// <para>It changes nothing: gradients, random generators and batch statistics stay as they are, so a run gives the same bits with it and without.</para>
/// <para>Cost of one measurement of an MLP of depth 4 and width 512: some 0.2 s. Weights: the Gram matrix of each in double precision and its
/// eigenvalues, n^2 m + 4/3 n^3 flops for the smaller side n, up to <see cref="JacobianSpectrum.DenseLimit"/>; beyond, products alone.</para>
/// </remarks>
public sealed class TrainingDiagnostics
{
    private readonly Module _model;
    private readonly Tensor _inputs;
    private readonly Dictionary<string, Tensor> _previous = [];
    private long _stepsBefore = -1;

    /// <summary>Makes it.</summary>
    /// <param name="model">The model.</param>
    /// <param name="inputs">Inputs to measure at, <c>[n, ...]</c>: some 100 of the run's. Dormant units are judged on all, Jacobian and kernel on the first
    /// ones.</param>
    /// <param name="options">What and when; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public TrainingDiagnostics(Module model, Tensor inputs, DiagnosticsOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(inputs);
        if (inputs.Count == 0)
        {
            throw new TensorShapeException(
                $"TrainingDiagnostics: expected one example or more to diagnose at, [examples, ...]; got {inputs.Shape}, which has none");
        }
        Options = options ?? new DiagnosticsOptions();
        Options.Validate();
        _model = model;
        _inputs = inputs.Detach().Clone().Keep();
    }

    /// <summary>The settings.</summary>
    public DiagnosticsOptions Options { get; }

    /// <summary>Copies the weights, where the next step is to be measured, so that <see cref="WeightDiagnostics.Update"/> can be told. Need not be
    /// called.</summary>
    /// <param name="stepsDone">Steps that were made, without the one that comes.</param>
    public void BeforeStep(long stepsDone)
    {
        if (!Options.Observe.IsDue(stepsDone + 1))
            return;
        _stepsBefore = stepsDone;
        foreach (var (name, tensor) in _model.Parameters())
        {
            if (tensor.Rank < 2)
                continue;
            if (!_previous.TryGetValue(name, out var copy))
                _previous[name] = copy = Kept(tensor);
            copy.CopyFromInPlace(tensor);
        }
    }

    /// <summary>Measures, if it is time to.</summary>
    /// <param name="stepsDone">Steps that were made, such as <c>optimizer.StepCount</c>.</param>
    /// <returns>What was measured; null in between.</returns>
    public DiagnosticsRecord? AfterStep(long stepsDone) => Options.Observe.IsDue(stepsDone) ? Measure(stepsDone) : null;

    /// <summary>Measures now.</summary>
    /// <param name="stepsDone">What the record says of when.</param>
    /// <exception cref="NonFiniteException">A weight is NaN or infinite; the message names it.</exception>
    public DiagnosticsRecord Measure(long stepsDone)
    {
        using var scope = TensorScope.Begin();
        bool wasTraining = _model.Training;
        _model.Eval();
        try
        {
            return new DiagnosticsRecord(
                stepsDone,
                [.. _model.Parameters().Where(parameter => parameter.Tensor.Rank >= 2 && parameter.Tensor.Count > 0)
                    .Select(parameter => OfWeight(parameter, _stepsBefore == stepsDone - 1))],
                [.. DormantUnits.Measure(_model, _inputs).Select(OfUnits)],
                HasJacobian ? OfJacobian("", _model.Forward, FirstInputs(Options.JacobianInputs)) : null,
                Options.LayerJacobians && Options.JacobianInputs > 0 ? OfLayers() : [],
                Options.KernelInputs > 0 ? OfKernel() : null);
        }
        finally
        {
            if (wasTraining)
                _model.Train();
        }
    }

    private bool HasJacobian => Options.JacobianInputs > 0 && _inputs.DataType.IsFloating();

    private WeightDiagnostics OfWeight(Parameter parameter, bool hasUpdate)
    {
        using var scope = TensorScope.Begin();
        var matrix = GramMatrix.AsMatrix(parameter.Tensor);
        var (rows, columns) = (matrix.Shape[0], matrix.Shape[1]);
        double norm = BlockArithmetic.Norm(matrix);
        double? update = hasUpdate && _previous.TryGetValue(parameter.Name, out var previous) ? BlockArithmetic.Distance(parameter.Tensor, previous) : null;
        if (Math.Min(rows, columns) <= JacobianSpectrum.DenseLimit)
        {
            var spectrum = MatrixSpectrum.Of(parameter.Tensor);
            return new WeightDiagnostics(
                parameter.Name, rows, columns, spectrum.Largest, spectrum.Smallest, Finite(spectrum.Condition), spectrum.EffectiveRank, spectrum.StableRank,
                spectrum.DistanceFromIsometry, norm, update, true);
        }

        var exact = matrix.To(DataType.Float64);
        var extremes = GolubKahan.Solve(new MatrixOperator(exact), Options.GolubKahan);
        return new WeightDiagnostics(
            parameter.Name, rows, columns, extremes.Largest, extremes.Smallest, Finite(extremes.Largest / extremes.Smallest), null,
            extremes.Largest == 0 ? 0 : Math.Pow(norm / extremes.Largest, 2), null, norm, update, false);
    }

    private static Tensor Kept(Tensor like)
    {
        using var outside = TensorScope.Suspend();
        return like.New(like.Shape);
    }

    private UnitDiagnostics OfUnits(UnitActivity activity)
    {
        double fraction = activity.DormantFraction(Options.DormantThreshold);
        return new UnitDiagnostics(activity.Layer, activity.Scores.Count, (int)Math.Round(fraction * activity.Scores.Count), fraction);
    }

    private List<JacobianDiagnostics> OfLayers()
    {
        var result = new List<JacobianDiagnostics>();
        IReadOnlyDictionary<Module, Tensor>[] seen = [.. FirstInputs(Options.JacobianInputs).Select(input => LayerStages.InputsOf(_model, input))];
        foreach (var (path, modules) in LayerStages.Of(_model))
        {
            // A part that takes tokens has no derivative in them, and one that did not run has no input.
            Tensor[] inputs = [.. seen.Select(inputs => inputs.GetValueOrDefault(modules[0])).OfType<Tensor>().Where(input => input.DataType.IsFloating())];
            if (inputs.Length > 0)
                result.Add(OfJacobian(path, input => modules.Aggregate(input, (x, module) => module.Forward(x)), inputs));
        }

        return result;
    }

    private IEnumerable<Tensor> FirstInputs(int count) => Enumerable.Range(0, Math.Min(count, _inputs.Shape[0])).Select(i => _inputs.Slice(0, i, 1));

    private JacobianDiagnostics OfJacobian(string layer, Func<Tensor, Tensor> forward, IEnumerable<Tensor> inputs)
    {
        var spectra = new List<SingularSpectrum>();
        var extremes = new List<ExtremeSingularValues>();
        foreach (var input in inputs)
        {
            int outputs;
            using (NoGradient.Begin())
                outputs = forward(input).Count;
            if (Math.Min(outputs, input.Count) <= JacobianSpectrum.DenseLimit)
                spectra.Add(JacobianSpectrum.Dense(forward, input));
            else
                extremes.Add(JacobianSpectrum.Extremes(forward, input, Options.GolubKahan));
        }

        return extremes.Count == 0
            ? new JacobianDiagnostics(
                layer, spectra.Count, spectra.Max(spectrum => spectrum.Largest), spectra.Min(spectrum => spectrum.Smallest),
                Finite(spectra.Average(spectrum => spectrum.Condition)),
                spectra.Average(spectrum => spectrum.EffectiveRank), spectra.Average(spectrum => spectrum.DistanceFromIsometry), true)
            : new JacobianDiagnostics(
                layer, extremes.Count, extremes.Max(end => end.Largest), extremes.Min(end => end.Smallest),
                Finite(extremes.Average(end => end.Largest / end.Smallest)), null, null, false);
    }

    private KernelDiagnostics OfKernel()
    {
        int count = Math.Min(Options.KernelInputs, _inputs.Shape[0]);
        var spectrum = NeuralTangentKernel.Of(_model, _inputs.Slice(0, 0, count));
        return new KernelDiagnostics(count, spectrum.Largest, spectrum.Smallest, Finite(spectrum.Condition), spectrum.EffectiveRank);
    }

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;
}
