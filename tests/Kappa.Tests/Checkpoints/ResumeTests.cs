using Kappa.Checkpoints;
using Kappa.Networks;
using Kappa.Networks.Layers;
using Kappa.Optimizers;
using Kappa.Preconditioning;
using Kappa.Randomness;
using Kappa.Tensors;
using Kappa.Tests.Networks;
using Kappa.Tests.Optimizers;

namespace Kappa.Tests.Checkpoints;

/// <summary>Every stateful class: trained, saved, made anew from other seeds, loaded and trained on, it has the bits of a run without a break.</summary>
public sealed class ResumeTests
{
    private const int Saved = 8;
    private const int End = 18;

    [Fact]
    public void Every_optimizer_of_the_library_has_a_case()
    {
        var all = typeof(Optimizer).Assembly.GetTypes().Where(type => !type.IsAbstract && type.IsSubclassOf(typeof(Optimizer)));
        Assert.Empty(all.Except(StatefulOptimizers.Covered));
    }

    [Theory]
    [MemberData(nameof(StatefulOptimizers.Names), MemberType = typeof(StatefulOptimizers))]
    public void An_optimizer_goes_on_to_the_same_bits(string name) =>
        Resumes(StatefulOptimizers.Network, (model, seed) => StatefulOptimizers.Make(name, model, new Philox(seed).Split("method")),
            () => Tensor.Normal([8, 3], new Philox(5)));

    [Theory]
    [MemberData(nameof(NetworkCases.Names), MemberType = typeof(NetworkCases))]
    public void A_module_goes_on_to_the_same_bits(string name) => Resumes(
        seed =>
        {
            var model = new Scaled(NetworkCases.Make(name));
            _ = model.Initialize(new Philox(seed));
            return model;
        },
        (model, _) => new AdamW(model.Parameters(), 0.01),
        () => NetworkCases.Input(name));

    [Fact]
    public void A_weight_that_DoPr_saw_in_both_roles_is_left_alone_after_resuming_too()
    {
        double[] Run(bool isBroken)
        {
            var model = new TwoRoles(1);
            var optimizer = new DoPr(new SGD(model.Parameters(), 0.1), model);
            TwoRoles.Train(model, optimizer, asTable: true);
            if (isBroken)
            {
                using var folder = new TemporaryFolder();
                _ = Checkpoint.Save(folder.Path, 1, model, optimizer, new Philox(1).State);
                (model, var before) = (new TwoRoles(2), model);
                optimizer = new DoPr(new SGD(model.Parameters(), 0.1), model);
                _ = Checkpoint.LoadLatest(folder.Path, model, optimizer);
                Assert.Equal(Bits(before.StateDict()), Bits(model.StateDict()));
            }

            TwoRoles.Train(model, optimizer, asTable: false);
            return Bits(model.StateDict());
        }

        Assert.Equal(Run(isBroken: false), Run(isBroken: true));
    }

    private static void Resumes(Func<ulong, Module> make, Func<Module, ulong, Optimizer> optimize, Func<Tensor> input)
    {
        using var folder = new TemporaryFolder();
        var (whole, wholeOptimizer) = Made(1);
        Train(whole, wholeOptimizer, input, 0, End);
        var (first, optimizer) = Made(1);
        Train(first, optimizer, input, 0, Saved);
        _ = Checkpoint.Save(folder.Path, Saved, first, optimizer, new Philox(1).State);

        // Another seed and other rates: everything must come from the files. What was done before loading leaves no trace.
        var (second, resumed) = Made(2);
        Train(second, resumed, input, 0, 2);
        resumed.LearningRate = 77;
        _ = Checkpoint.LoadLatest(folder.Path, second, resumed);
        Train(second, resumed, input, Saved, End);
        Assert.Equal(Bits(whole.StateDict()), Bits(second.StateDict()));
        Assert.Equal(Bits(wholeOptimizer.State().Tensors), Bits(resumed.State().Tensors));
        Assert.Equal(wholeOptimizer.State().Numbers, resumed.State().Numbers);
        Assert.NotEqual(Bits(first.StateDict()), Bits(second.StateDict()));

        (Module, Optimizer) Made(ulong seed)
        {
            var model = make(seed);
            return (model, optimize(model, seed));
        }
    }

    private static void Train(Module model, Optimizer optimizer, Func<Tensor> input, int from, int to)
    {
        for (int step = from; step < to; step++)
        {
            using var scope = TensorScope.Begin();
            var x = input();
            if (x.DataType == DataType.Float32)
                x *= Tensor.Normal(x.Shape, new Philox(9).Split(step));
            var y = model.Forward(x);
            var error = y - Tensor.Normal(y.Shape, new Philox(10).Split(step));
            (error * error).Mean().Backward();
            optimizer.Step();
            optimizer.ZeroGrad();
        }
    }

    private static double[] Bits(StateDict state) =>
        [.. state.SelectMany(entry => Enumerable.Range(0, entry.Value.Count).Select(entry.Value.ElementAsDouble))];

    /// <summary>A module times a learned number, so that there is something to train.</summary>
    private sealed class Scaled : Module
    {
        private readonly Module _inner;
        private readonly Tensor _factor;

        internal Scaled(Module inner)
        {
            _inner = RegisterModule("inner", inner);
            _factor = RegisterParameter("factor", Tensor.Ones([1]));
        }

        protected override Tensor ForwardCore(Tensor input) => _inner.Forward(input) * _factor;
    }

    /// <summary>A matrix that is an embedding's table in some steps and a linear layer's weight in all.</summary>
    private sealed class TwoRoles : Module
    {
        private readonly Linear _layer;

        internal TwoRoles(ulong seed)
        {
            _layer = RegisterModule("layer", new Linear(4, 5, bias: false));
            _ = Initialize(new Philox(seed));
        }

        internal static void Train(TwoRoles model, Optimizer optimizer, bool asTable)
        {
            using var scope = TensorScope.Begin();
            var x = asTable ? model._layer.Weight.Gather(Tensor.From([0, 3, 3, 1], [4])) : Tensor.Normal([4, 4], new Philox(3));
            Loss.CrossEntropy(model.Forward(x), Tensor.From([1, 2, 3, 4], [4])).Backward();
            optimizer.Step();
            optimizer.ZeroGrad();
        }

        protected override Tensor ForwardCore(Tensor input) => _layer.Forward(input);
    }
}
