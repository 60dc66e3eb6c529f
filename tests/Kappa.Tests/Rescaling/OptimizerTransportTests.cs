using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Optimizers;
using Kappa.Preconditioning;
using Kappa.Randomness;
using Kappa.Rescaling;
using Kappa.Tensors;

namespace Kappa.Tests.Rescaling;

/// <summary>
/// Two copies train alike for some steps; one is then rescaled together with its optimizer. With s the factor of each parameter, the rescaled copy's next step
/// must be what the step of the other says: 1/s times a step that is linear in gradients, the same step where it has no scale.
/// </summary>
public class OptimizerTransportTests
{
    private const int Steps = 5;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_next_step_of_momentum_is_that_of_the_gradients_of_the_rescaled_network(bool nesterov)
    {
        using var pair = new Pair(parameters => new SGD(parameters, 0.01, momentum: 0.9, nesterov: nesterov));
        pair.RequireNextStep(factor => 1 / factor);
    }

    [Fact]
    public void The_next_step_of_AdamW_has_the_same_size_as_without_rescaling()
    {
        using var pair = new Pair(parameters => new AdamW(parameters, 0.01, new() { Epsilon = 1e-30, WeightDecay = 0 }));
        pair.RequireNextStep(_ => 1);
    }

    [Fact]
    public void The_next_step_of_Signum_has_the_same_signs()
    {
        using var pair = new Pair(parameters => new Signum(parameters, 0.01));
        pair.RequireNextStep(_ => 1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_momenta_of_Muon_are_those_of_the_rescaled_gradients(bool adaMuon)
    {
        using var pair = new Pair(parameters => adaMuon ? new AdaMuon(parameters, 0.01) : new Muon(parameters, 0.01));
        var (before, after) = (pair.Plain.State().Tensors, pair.Rescaled.State().Tensors);
        int orthogonalized = 0;
        foreach (var (name, tensor) in before)
        {
            string parameter = name[..name.LastIndexOf('.')];
            bool isMatrix = parameter is "2.weight";
            int power = name.EndsWith("second_moment", StringComparison.Ordinal) ? (isMatrix ? 0 : -2) : -1;
            orthogonalized += isMatrix ? 1 : 0;
            double[] factors = pair.Factors[parameter];
            for (int i = 0; i < tensor.Count; i++)
                Near(tensor.ElementAsDouble(i) * Math.Pow(factors[i], power), after[name].ElementAsDouble(i));
        }

        Assert.Equal(adaMuon ? 2 : 1, orthogonalized);
    }

    [Theory]
    [InlineData(PreconditioningForm.Automatic, 0, 1)]
    [InlineData(PreconditioningForm.Primal, 0.9, 1)]
    [InlineData(PreconditioningForm.Primal, 0, 3)]
    public void Without_damping_the_next_step_behind_DoPr_is_that_of_the_preconditioned_gradients_of_the_rescaled_network(
        PreconditioningForm form, double average, int interval)
    {
        var options = new DoPrOptions { Gamma = 0, Floor = 0, Form = form, MovingAverage = average, RefreshInterval = interval };
        using var pair = new Pair(parameters => new SGD(parameters, 0.001, momentum: 0.9), (inner, model) => new DoPr(inner, model, options));
        if (average == 0 && interval == 1)
        {
            // M = G S^-1 becomes M / (r_o s_j), which is W's own factor r_o / s_j but for 1 / r_o^2; a bias keeps a plain gradient.
            pair.RequireNextStep(
                (name, o, j) => name.EndsWith("bias", StringComparison.Ordinal) ? 1 / pair.Enters(name, o) : 1 / (pair.Enters(name, o) * pair.Leaves(name, j)));
            return;
        }

        // Old statistics must not meet new inputs: a factor or an average from before would give another M. A step from fresh ones is that of a new DoPr.
        pair.RequireFreshStatistics();
    }

    [Fact]
    public void An_optimizer_that_does_not_say_how_its_state_moves_is_refused_before_anything_changes()
    {
        var model = Pair.NewModel();
        double[][] before = [.. model.Parameters().Select(parameter => parameter.Tensor.ToArray<double>())];
        var error = Assert.Throws<NotSupportedException>(() => PathConditioning.Rescale(model, new Unaware(model.Parameters())));
        Assert.Contains("Unaware", error.Message, StringComparison.Ordinal);
        Assert.Contains("override TransportCore", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, model.Parameters().Select(parameter => parameter.Tensor.ToArray<double>()));
    }

    [Fact]
    public void Rescaling_every_few_steps_keeps_the_loss_of_the_moment_and_lets_training_go_on()
    {
        var model = Pair.NewModel();
        var optimizer = new SGD(model.Parameters(), 0.02, momentum: 0.9);
        double first = Pair.Loss(model), last = first;
        for (int step = 0; step < 60; step++)
        {
            if (step % 10 == 0)
            {
                double before = Pair.Loss(model);
                _ = PathConditioning.Rescale(model, optimizer);
                Assert.Equal(before, Pair.Loss(model), before * 1e-12);
                Assert.All(model.Parameters(), parameter => Assert.Null(parameter.Tensor.Gradient));
            }

            Pair.Step(model, optimizer);
            last = Pair.Loss(model);
        }

        Assert.True(last < first / 2, $"{first} -> {last}");
    }

    private static void Near(double expected, double got) => Assert.Equal(expected, got, 1e-9 * Math.Max(1e-6, Math.Abs(expected)));

    private sealed class Unaware(IReadOnlyList<Parameter> parameters) : Optimizer([new ParameterGroup(parameters)], 0.1)
    {
        protected internal override void StepCore(OptimizerStep step)
        {
        }

        protected internal override void StateCore(OptimizerState state)
        {
        }

        protected internal override void LoadCore(OptimizerState state)
        {
        }
    }

    private sealed class Pair : IDisposable
    {
        private readonly Module _plainModel = NewModel();
        private readonly RescalingResult _result;
        private readonly Optimizer _innerPlain, _innerRescaled;

        internal Pair(Func<IReadOnlyList<Parameter>, Optimizer> create, Func<Optimizer, Module, Optimizer>? wrap = null)
        {
            _innerPlain = create(_plainModel.Parameters());
            _innerRescaled = create(RescaledModel.Parameters());
            Plain = wrap?.Invoke(_innerPlain, _plainModel) ?? _innerPlain;
            Rescaled = wrap?.Invoke(_innerRescaled, RescaledModel) ?? _innerRescaled;
            for (int step = 0; step < Steps; step++)
            {
                Step(_plainModel, Plain);
                Step(RescaledModel, Rescaled);
            }

            _result = PathConditioning.Rescale(RescaledModel, Rescaled, new() { Tolerance = 0, Sweeps = 20 });
            Factors = RescaledModel.Parameters().Zip(_plainModel.Parameters()).ToDictionary(
                pair => pair.First.Name, pair =>
                pair.First.Tensor.ToArray<double>().Zip(pair.Second.Tensor.ToArray<double>(), (now, then) => now / then).ToArray());
            Assert.Contains(Factors.Values.SelectMany(values => values), factor => Math.Abs(factor - 1) > 0.1);
        }

        internal Module RescaledModel { get; } = NewModel();

        internal Optimizer Plain { get; }

        internal Optimizer Rescaled { get; }

        internal Dictionary<string, double[]> Factors { get; }

        internal static Sequential NewModel()
        {
            const DataType Type = DataType.Float64;
            var model = new Sequential(new Linear(4, 5, type: Type), new ReLU(), new Linear(5, 3, type: Type), new ReLU(), new Linear(3, 2, type: Type));
            _ = model.Initialize(new Philox(6));
            // Positive first weights and biases on positive data: no unit is off for all examples, so that every S can be inverted.
            foreach (var parameter in model.Parameters())
            {
                foreach (ref double value in parameter.Tensor.Values<double>())
                    value = Math.Abs(value) + 0.05;
            }

            return model;
        }

        internal static void Step(Module model, Optimizer optimizer)
        {
            using var scope = TensorScope.Begin();
            optimizer.ZeroGrad();
            Error(model).Backward();
            optimizer.Step();
        }

        internal static double Loss(Module model)
        {
            using var scope = TensorScope.Begin();
            return Error(model).ToDouble();
        }

        internal double Enters(string name, int output) => ScalesOf(name[0] - '0')?[output] ?? 1;

        internal double Leaves(string name, int input) => ScalesOf(name[0] - '0' - 2)?[input] ?? 1;

        internal void RequireNextStep(Func<double, double> ratio) =>
            RequireNextStep((name, index) => ratio(Factors[name][index]));

        internal void RequireNextStep(Func<string, int, int, double> ratio) => RequireNextStep((name, index) =>
        {
            int inputs = name switch { "0.weight" => 4, "2.weight" => 5, "4.weight" => 3, _ => 1 };
            return ratio(name, index / inputs, index % inputs);
        });

        internal void RequireFreshStatistics()
        {
            // The same inner optimizer and weights behind a DoPr that never saw the old inputs.
            var twin = NewModel();
            twin.LoadStateDict(RescaledModel.StateDict());
            var inner = new SGD(twin.Parameters(), 0.001, momentum: 0.9);
            inner.Load(_innerRescaled.State());
            var options = ((DoPr)Rescaled).Options;
            using var other = new DoPr(inner, twin, options);
            Step(twin, other);
            Step(RescaledModel, Rescaled);
            foreach (var (expected, got) in twin.Parameters().Zip(RescaledModel.Parameters()))
            {
                for (int i = 0; i < expected.Tensor.Count; i++)
                    Near(expected.Tensor.ElementAsDouble(i), got.Tensor.ElementAsDouble(i));
            }
        }

        public void Dispose()
        {
            (Plain as IDisposable)?.Dispose();
            (Rescaled as IDisposable)?.Dispose();
        }

        private IReadOnlyList<double>? ScalesOf(int layer) => _result.Layers.FirstOrDefault(entry => entry.Path == $"{layer}")?.Scales;

        private void RequireNextStep(Func<string, int, double> ratio)
        {
            double[][] plainBefore = Values(_plainModel), rescaledBefore = Values(RescaledModel);
            Step(_plainModel, Plain);
            Step(RescaledModel, Rescaled);
            double[][] plainAfter = Values(_plainModel), rescaledAfter = Values(RescaledModel);
            var names = _plainModel.Parameters().Select(parameter => parameter.Name).ToArray();
            for (int p = 0; p < names.Length; p++)
            {
                for (int i = 0; i < plainBefore[p].Length; i++)
                {
                    double expected = (plainAfter[p][i] - plainBefore[p][i]) * ratio(names[p], i);
                    double got = rescaledAfter[p][i] - rescaledBefore[p][i];
                    Assert.True(Math.Abs(expected - got) <= 1e-8 * Math.Max(1e-6, Math.Abs(expected)), $"{names[p]}[{i}]: expected {expected}, got {got}");
                }
            }
        }

        private static double[][] Values(Module model) => [.. model.Parameters().Select(parameter => parameter.Tensor.ToArray<double>())];

        private static Tensor Error(Module model)
        {
            using var x = Tensor.Uniform([40, 4], new Philox(9), 0.1, 1, DataType.Float64);
            using var y = Tensor.Normal([40, 2], new Philox(10), type: DataType.Float64);
            return (model.Forward(x.Clone()) - y.Clone()).Square().Mean();
        }
    }
}
