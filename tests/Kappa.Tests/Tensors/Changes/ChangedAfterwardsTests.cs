using Kappa.Curvature.Operators;
using Kappa.LinearAlgebra.Operators;
using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Optimizers;
using Kappa.Preconditioning;
using Kappa.Randomness;
using Kappa.Rescaling;
using Kappa.Tensors;
using Kappa.Tests.Optimizers;
using Kappa.Tests.Plasticity;

namespace Kappa.Tests.Tensors.Changes;

/// <summary>What the library itself does to values between a forward and a backward pass, and what users do all day and may go on doing.</summary>
public sealed class ChangedAfterwardsTests
{
    public static TheoryData<string> Writers => [.. WritersByName.Keys];

    /// <summary>Everything that writes to parameters; each gets a model whose parameters have gradients.</summary>
    private static readonly Dictionary<string, Action<Sequential>> WritersByName = MakeWriters();

    [Fact]
    public void The_gradient_of_a_square_at_a_value_set_later_is_refused()
    {
        var w = Tensor.From(3.0);
        w.RequiresGradient = true;
        w.Name = "w";
        var y = (w * w).Sum();
        w.Values<double>()[0] = 5;
        var error = Assert.Throws<InvalidOperationException>(y.Backward);
        Assert.Equal(
            "Multiply: w [1], its input 0, has changed since the operation was computed, and its derivative would be wrong. Compute the operation anew after "
            + "the change, take all "
            + "derivatives before it (two losses: both backward passes, then the step), or change a Clone()",
            error.Message);
        Assert.Null(w.Gradient);
        w.Values<double>()[0] = 3;
        y.Backward();
        Assert.Equal(6, w.Gradient!.ToDouble());
    }

    [Theory]
    [MemberData(nameof(Writers))]
    public void Two_losses_with_a_change_of_the_parameters_between_their_backward_passes_are_refused(string writer)
    {
        var model = Model();
        var x = Tensor.Normal([5, 3], new Philox(1));
        var hidden = model.Forward(x);
        var (first, second) = (hidden.Square().Mean(), hidden.Abs().Mean());
        first.Backward();
        float[][] before = Values(model);
        WritersByName[writer](model);
        Assert.NotEqual(before, Values(model));
        var error = Assert.Throws<InvalidOperationException>(second.Backward);
        Assert.Contains("has changed since the operation was computed", error.Message, StringComparison.Ordinal);
        Assert.Contains("weight", error.Message, StringComparison.Ordinal);
        foreach (var (_, parameter) in model.Parameters())
            parameter.ZeroGrad();
        model.Forward(x).Abs().Mean().Backward();
    }

    [Theory]
    [MemberData(nameof(Writers))]
    public void No_writer_of_the_library_leaves_parameters_exposed(string writer)
    {
        var model = Model();
        var x = Tensor.Normal([5, 3], new Philox(1));
        model.Forward(x).Square().Mean().Backward();
        WritersByName[writer](model);
        Assert.All(model.Parameters(), parameter => Assert.False(parameter.Tensor.Storage.IsExposed, parameter.Name));
    }

    [Fact]
    public void Labels_and_indices_and_tables_are_saved_values_too()
    {
        var x = Leaf([3, 4]);
        var labels = Tensor.From(0, 3, 1);
        AssertRefused(Loss.CrossEntropy(x, labels), () => labels.Values<int>()[1] = 2, "CrossEntropy");
        var indices = Tensor.From(2, 0);
        AssertRefused(x.Gather(indices).Sum(), () => indices.CopyFromInPlace(Tensor.From(1, 1)), "Gather");
        var q = Leaf([1, 2, 1, 2]);
        var (cosines, sines) = (Tensor.Full([2, 1], 0.6, DataType.Float64), Tensor.Full([2, 1], 0.8, DataType.Float64));
        AssertRefused(q.Rotate(cosines, sines).Sum(), () => cosines.Values<double>()[1] = -0.6, "Rotate");
        AssertRefused(q.Rotate(cosines, sines).Sum(), () => sines.CopyFromInPlace(cosines), "Rotate");
    }

    [Fact]
    public void Reading_is_legal_however_it_is_done()
    {
        var (w, x) = (Leaf([4, 4]), Leaf([2, 4]));
        var y = x.Linear(w, null, Activation.Tanh);
        var loss = y.Square().Mean();
        double sum = 0;
        foreach (var tensor in (Tensor[])[w, x, y, loss])
        {
            sum += tensor.Values<double>()[0] + tensor.ToArray<double>()[0] + tensor.ReadOnlyValues<double>()[0] + tensor.Sum().ToDouble()
                + tensor.Clone().Sum().ToDouble();
            sum += tensor.To(DataType.Float32).Sum().ToDouble() + tensor.Detach().Values<double>()[0];
        }

        loss.Backward();
        Assert.True(double.IsFinite(sum) && w.Gradient is not null);
    }

    [Fact]
    public void A_graph_serves_two_backward_passes_and_gradients_of_several_batches_add_up()
    {
        var model = Model();
        var x = Tensor.Normal([5, 3], new Philox(1));
        var loss = model.Forward(x).Square().Mean();
        loss.Backward();
        float[][] once = Gradients(model);
        loss.Backward();
        model.Forward(Tensor.Normal([4, 3], new Philox(2))).Square().Mean().Backward();
        Assert.NotEqual(once, Gradients(model));
    }

    [Fact]
    public void A_value_that_was_put_back_through_a_span_is_the_value()
    {
        var w = Leaf([3]);
        var loss = w.Square().Sum();
        double old = w.Values<double>()[1];
        w.Values<double>()[1] = 7;
        Assert.Throws<InvalidOperationException>(loss.Backward);
        w.Values<double>()[1] = old;
        loss.Backward();
        Assert.Equal(w.ToArray<double>().Select(value => 2 * value), w.Gradient!.ToArray<double>());
    }

    [Fact]
    public void A_held_span_is_seen_through_in_every_later_step()
    {
        var w = Leaf([3]);
        var span = w.Values<double>();
        for (int step = 0; step < 3; step++)
        {
            span[step] = 0.5 + step;
            var loss = w.Square().Sum();
            loss.Backward();
            Assert.Equal(w.ToArray<double>().Select(value => 2 * value), w.Gradient!.ToArray<double>());
            w.ZeroGrad();
            var late = w.Square().Sum();
            span[step] = -1;
            Assert.Throws<InvalidOperationException>(late.Backward);
        }
    }

    [Fact]
    public void The_value_of_a_recorded_function_is_not_to_be_written_to()
    {
        var w = Leaf([3]);
        using var recorded = new RecordedFunction(() => w.Sum(), [w]);
        double value = recorded.Value.ToDouble();
        Assert.Equal(value, recorded.HessianProduct([Tensor.Ones([3], DataType.Float64)]).Value);
        recorded.Value.Values<double>()[0] = 7;
        _ = Assert.Throws<InvalidOperationException>(() => recorded.HessianProduct([Tensor.Ones([3], DataType.Float64)]));
        recorded.Value.Values<double>()[0] = value;
        Assert.Equal([1, 1, 1], recorded.Gradient()[0].ToArray<double>());
    }

    [Fact]
    public void A_block_that_the_pool_lends_again_never_looks_unchanged()
    {
        var first = Tensor.Full([32], 1);
        var (block, version) = (first.Storage, first.Storage.Version);
        first.Dispose();
        var second = Tensor.Full([32], 1);
        Assert.Same(block, second.Storage);
        Assert.True(second.Storage.Version > version);
    }

    [Fact]
    public void A_value_that_was_given_back_is_still_said_to_be()
    {
        var w = Leaf([3]);
        Tensor loss;
        using (TensorScope.Begin())
            loss = w.Tanh().Square().Sum().Keep();
        Assert.Throws<ObjectDisposedException>(loss.Backward);
    }

    [Theory]
    [InlineData(PreconditioningForm.Dual, false)]
    [InlineData(PreconditioningForm.Dual, true)]
    [InlineData(PreconditioningForm.Primal, false)]
    public void DoPr_reads_inputs_late_in_its_dual_form_and_refuses_those_that_changed(PreconditioningForm form, bool bySpan)
    {
        var model = Model();
        using var optimizer = new DoPr(new SGD(model.Parameters(), 0.1), model, new DoPrOptions { Form = form });
        var x = Tensor.Normal([5, 3], new Philox(1));
        model.Forward(x).Square().Mean().Backward();
        Action refill = bySpan ? () => x.Values<float>().Fill(2) : () => x.CopyFromInPlace(Tensor.Full([5, 3], 2));
        refill();
        if (form == PreconditioningForm.Primal)
        {
            optimizer.Step();
            return;
        }

        for (int i = 0; i < 2; i++)
        {
            var error = Assert.Throws<InvalidOperationException>(optimizer.Step);
            Assert.Contains(
                "the input [5, 3] of 0.weight has changed between the backward pass and the first reading", error.Message, StringComparison.Ordinal);
        }

        optimizer.ZeroGrad();
        model.Forward(x).Square().Mean().Backward();
        optimizer.Step();
    }

    [Fact]
    public void Running_statistics_may_change_between_forward_and_backward()
    {
        var model = new Sequential(new Linear(3, 4), new BatchNorm1d(4), new ReLU(), new Linear(4, 2));
        var loss = model.Forward(Tensor.Normal([5, 3], new Philox(1))).Square().Mean();
        _ = model.Forward(Tensor.Normal([6, 3], new Philox(2)));
        loss.Backward();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_operator_notices_every_change_and_knows_a_value_that_was_put_back(bool exposed)
    {
        var model = Model();
        _ = model.Initialize(new Philox(3));
        var (x, labels) = (Tensor.Normal([6, 3], new Philox(1)), Tensor.From(0, 1, 1, 0, 1, 0));
        var weight = model.Parameters()[0].Tensor;
        if (exposed)
            _ = (weight.Values<float>()[0], x.Values<float>()[0], labels.Values<int>()[0]);
        var hessian = new HessianOperator(
            model, (output, target) => Loss.CrossEntropy(output, target), new SampleSource(x, labels), new RiskOptions { BatchSize = 3 });
        var vector = Tensor.Normal([hessian.Dimension], new Philox(2));
        float[] expected = hessian.MatVec(vector).ToArray<float>();
        List<(Tensor, Action)> changes =
        [
            (weight, () => weight.Values<float>()[5] += 1), (weight, () => weight.CopyFromInPlace(weight.Detach() * 2)),
            (x, () => x.Values<float>()[17] += 1), (labels, () => labels.Values<int>()[0] = 1),
        ];
        foreach (var (tensor, change) in changes)
        {
            var old = tensor.Clone();
            change();
            Assert.Throws<InvalidOperatorException>(() => hessian.MatVec(vector));
            tensor.CopyFromInPlace(old);
            Assert.Equal(expected, hessian.MatVec(vector).ToArray<float>());
        }
    }

    private static Dictionary<string, Action<Sequential>> MakeWriters()
    {
        var writers = new Dictionary<string, Action<Sequential>>
        {
            ["load"] = model => model.LoadStateDict(Model(2).StateDict()),
            ["initialize"] = model => model.Initialize(new Philox(4)),
            ["rescale"] = model => PathConditioning.Rescale(model),
            ["rescale with optimizer"] = model => PathConditioning.Rescale(model, new AdamW(model.Parameters(), 0.1)),
            ["reset"] = model => PathConditioning.ResetRandomly(model, new Philox(5)),
            ["write parameters"] = model =>
            {
                var risk = new EmpiricalRisk(
                    model, (output, target) => Loss.CrossEntropy(output, target), new SampleSource(Tensor.Ones([2, 3]), Tensor.From(0, 1)));
                risk.WriteParameters(2.0 * risk.ReadParameters());
            },
            ["equinorm"] = model => EquiNormalization.Rescale(model),
        };
        foreach (string name in OptimizerCases.Names.SelectMany<object[], object>(row => row).Cast<string>())
            writers[name] = model => OptimizerCases.Make(name, model.Parameters()).Step();
        foreach (string name in RemedyRun.Names.SelectMany<object[], object>(row => row).Cast<string>())
            writers[name] = model => RemedyRun.Make(name, model, new Philox(6)).Step();
        return writers;
    }

    private static Sequential Model(ulong seed = 1)
    {
        var model = new Sequential(new Linear(3, 6), new ReLU(), new Linear(6, 6), new ReLU(), new Linear(6, 2));
        _ = model.Initialize(new Philox(seed));
        return model;
    }

    private static Tensor Leaf(Shape shape)
    {
        var leaf = Tensor.Uniform(shape, new Philox(7), 0.5, 1.5, DataType.Float64);
        leaf.RequiresGradient = true;
        return leaf;
    }

    private static void AssertRefused(Tensor loss, Action change, string operation)
    {
        change();
        var error = Assert.Throws<InvalidOperationException>(loss.Backward);
        Assert.StartsWith($"{operation}: a tensor", error.Message, StringComparison.Ordinal);
    }

    private static float[][] Values(Module model) => [.. model.Parameters().Select(parameter => parameter.Tensor.ToArray<float>())];

    private static float[][] Gradients(Module model) => [.. model.Parameters().Select(parameter => parameter.Tensor.Gradient!.ToArray<float>())];
}
