using Kappa.Networks;
using Kappa.Networks.Layers;
using Kappa.Optimizers;
using Kappa.Preconditioning;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Tests.Preconditioning;

public class DoPrTiedWeightTests
{
    private static readonly int[] Tokens = [1, 4, 1, 0, 3];

    [Fact]
    public void A_tensor_registered_under_two_names_is_left_alone_with_one_warning_that_gives_both()
    {
        var warnings = new List<string>();
        var model = new Tied(registerTwice: true);
        using var optimizer = new DoPr(new SGD(model.Parameters(), 0.1), model, new DoPrOptions { OnWarning = warnings.Add });
        Assert.Equal(["hidden.weight"], optimizer.Layers.Select(layer => layer.Name));
        Train(model, optimizer, 3);
        Assert.Equal("DoPr leaves the gradient of head = embedding.weight as it is: one tensor with several names, so it is not clear whose inputs count",
            Assert.Single(warnings));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_tensor_used_as_an_embedding_and_as_the_output_layer_keeps_its_gradient_bit_for_bit(bool registerTwice)
    {
        var warnings = new List<string>();
        var plain = new Tied(registerTwice);
        var model = new Tied(registerTwice);
        using var optimizer = new DoPr(
            new SGD(model.Parameters(), 0.1), model, new DoPrOptions { OnWarning = warnings.Add, Filter = name => name != "hidden.weight" });
        for (int step = 0; step < 3; step++)
        {
            LossOf(plain).Backward();
            LossOf(model).Backward();
            Assert.Equal(plain.Embedding.Weight.Gradient!.ToArray<float>(), model.Embedding.Weight.Gradient!.ToArray<float>());
            optimizer.Step();
            optimizer.ZeroGrad();
            plain.LoadStateDict(model.StateDict());
            foreach (var parameter in plain.Parameters())
                parameter.Tensor.ZeroGrad();
        }

        string warning = Assert.Single(warnings);
        if (registerTwice)
            return;
        Assert.Equal(
            "DoPr left the gradient of embedding.weight as it was: the tensor is used as an embedding and as a linear layer's weight, so it is not clear whose "
            + "inputs count", warning);
        Assert.Equal(3, optimizer.Layers[0].TimesLeftAsIs);
    }

    [Theory]
    [InlineData(PreconditioningForm.Dual)]
    [InlineData(PreconditioningForm.Primal)]
    public void The_weight_of_a_linear_layer_from_which_rows_are_picked_keeps_its_gradient(PreconditioningForm form)
    {
        foreach (bool rowsFirst in new[] { false, true })
        {
            var warnings = new List<string>();
            double[] Gradient(bool precondition)
            {
                var layer = new Linear(4, 6, type: DataType.Float64);
                using var optimizer = precondition
                    ? new DoPr(new SGD(layer.Parameters(), 0.1), layer, new DoPrOptions { Form = form, OnWarning = warnings.Add })
                    : null;
                var x = Tensor.Normal([5, 4], new Philox(1), type: DataType.Float64);
                // Two passes, so that either use may come first.
                var uses = new List<Func<Tensor>> { () => layer.Forward(x).Square().Sum(), () => layer.Weight.Gather(Tensor.From(Tokens, [5])).Square().Sum() };
                if (rowsFirst)
                    uses.Reverse();
                foreach (var use in uses)
                    use().Backward();
                return layer.Weight.Gradient!.ToArray<double>();
            }

            double[] expected = Gradient(precondition: false);
            double[] actual = Gradient(precondition: true);
            for (int i = 0; i < expected.Length; i++)
                Assert.Equal(expected[i], actual[i], 1e-12);
            Assert.Contains("is used as an embedding and as a linear layer's weight", Assert.Single(warnings), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void One_module_in_two_places_is_one_layer_with_two_uses_and_is_preconditioned()
    {
        var warnings = new List<string>();
        var layer = new Linear(4, 4);
        var model = new Sequential(("first", layer), ("again", layer));
        using var optimizer = new DoPr(new SGD(model.Parameters(), 0.1), model, new DoPrOptions { OnWarning = warnings.Add });
        model.Forward(Tensor.Normal([5, 4], new Philox(1))).Square().Mean().Backward();
        optimizer.Step();
        Assert.Empty(warnings);
        Assert.Equal(10, Assert.Single(optimizer.Layers).Rows);
    }

    [Fact]
    public void A_layer_with_a_gradient_and_no_input_keeps_it_and_says_so_once()
    {
        var warnings = new List<string>();
        var model = new Sequential(("used", new Linear(3, 2)), ("unused", new Linear(2, 2)), ("table", new Embedding(5, 2)));
        var modules = model.Modules().ToDictionary(entry => entry.Path, entry => entry.Module);
        var (used, unused, table) = ((Linear)modules["used"], (Linear)modules["unused"], (Embedding)modules["table"]);
        using var optimizer = new DoPr(new SGD(model.Parameters(), 0.1), model, new DoPrOptions { OnWarning = warnings.Add });
        for (int step = 0; step < 3; step++)
        {
            float[] before = unused.Weight.ToArray<float>();
            // A penalty on the weights is a gradient without an input; an empty batch is no input.
            var penalty = (unused.Weight.Square().Sum() + table.Weight.Square().Sum()) / 2;
            (used.Forward(Tensor.Ones([4, 3])).Square().Mean() + penalty + unused.Forward(Tensor.Zeros([0, 2])).Sum()).Backward();
            optimizer.Step();
            optimizer.ZeroGrad();
            Assert.Equal(before.Select(w => w - (0.1f * w)), unused.Weight.ToArray<float>().Select(w => w), (a, b) => Math.Abs(a - b) < 1e-6);
        }

        Assert.Equal(
            ["DoPr left the gradient of unused.weight as it was: the layer saw no input in this step",
            "DoPr left the gradient of table.weight as it was: the layer saw no input in this step"],
            warnings);
        Assert.Equal([0L, 3L, 3L], optimizer.Layers.Select(layer => layer.TimesLeftAsIs));
        Assert.Equal([4L, 0L, 0L], optimizer.Layers.Select(layer => layer.Rows));
    }

    [Fact]
    public void Statistics_that_are_not_finite_are_said_once_and_counted_each_time()
    {
        foreach (var form in new[] { PreconditioningForm.Dual, PreconditioningForm.Primal })
        {
            var warnings = new List<string>();
            var model = new Linear(3, 2, bias: false, type: DataType.Float64);
            using var optimizer = new DoPr(new SGD(model.Parameters(), 0), model, new DoPrOptions { OnWarning = warnings.Add, Form = form });
            for (int step = 0; step < 4; step++)
            {
                model.Forward(Tensor.Full([2, 3], 1e200, DataType.Float64)).Backward(Tensor.Full([2, 2], 1e-200, DataType.Float64));
                optimizer.Step();
                optimizer.ZeroGrad();
            }

            Assert.Equal(
                "DoPr left the gradient of weight as it was: S + tau I is not finite, or singular to the precision of double; a larger Gamma or Floor helps "
                + "the latter", Assert.Single(warnings));
            Assert.Equal(4, optimizer.Layers[0].TimesLeftAsIs);
        }
    }

    private static void Train(Module model, Optimizer optimizer, int steps)
    {
        for (int step = 0; step < steps; step++)
        {
            LossOf(model).Backward();
            optimizer.Step();
            optimizer.ZeroGrad();
        }
    }

    private static Tensor LossOf(Module model) => model.Forward(Tensor.From(Tokens, [5])).Square().Mean();

    /// <summary>An output layer that uses the embedding's table, registered a second time or only used.</summary>
    private sealed class Tied : Module
    {
        private readonly Linear _hidden;

        internal Tied(bool registerTwice)
        {
            Embedding = RegisterModule("embedding", new Embedding(6, 4));
            _hidden = RegisterModule("hidden", new Linear(4, 4));
            if (registerTwice)
                _ = RegisterParameter("head", Embedding.Weight);
        }

        internal Embedding Embedding { get; }

        protected override Tensor ForwardCore(Tensor input) => _hidden.Forward(Embedding.Forward(input)).Tanh().MatMul(Embedding.Weight, transposeB: true);
    }
}
