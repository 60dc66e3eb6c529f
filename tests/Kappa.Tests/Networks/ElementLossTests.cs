using Kappa.Networks;
using Kappa.Tensors;

namespace Kappa.Tests.Networks;

/// <summary>Losses of elements against their definitions, written out in double precision, and at the ends of the range.</summary>
public sealed class ElementLossTests
{
    private const float Infinity = float.PositiveInfinity;

    public static TheoryData<DataType> Types => [DataType.Float32, DataType.Float64];

    /// <summary>Formulas as PyTorch's documentation writes them, worked out apart from any code here, for predictions (0.5, -2, 3) and targets (1, 0,
    /// 1).</summary>
    [Fact]
    public void Known_values()
    {
        var (x, y) = (Tensor.From(0.5, -2, 3), Tensor.From(1.0, 0, 1));
        Assert.Equal((0.5 + 2 + 2) / 3, Loss.MeanAbsoluteError(x, y).ToDouble(), 1e-15);
        Assert.Equal((0.125 + 1.5 + 1.5) / 3, Loss.Huber(x, y).ToDouble(), 1e-15);
        Assert.Equal((0.125 + (0.5 * 1.75) + (0.5 * 1.75)) / 3, Loss.Huber(x, y, 0.5).ToDouble(), 1e-15);
        Assert.Equal((0.25 + 1.75 + 1.75) / 3, Loss.SmoothL1(x, y, 0.5).ToDouble(), 1e-15);
        // -log(sigmoid(0.5)), -log(1 - sigmoid(-2)), -log(sigmoid(3)).
        Assert.Equal((0.47407698418010669 + 0.12692801104297249 + 0.04858735157374206) / 3, Loss.BinaryCrossEntropyWithLogits(x, y).ToDouble(), 1e-14);
        Assert.Equal((0.5 + 0 + 0) / 3, Loss.Hinge(x, Tensor.From(1.0, -1, 1)).ToDouble(), 1e-15);
        // The example of PyTorch's MultiMarginLoss: 1/4 ((1 - (0.8 - 0.1)) + (1 - (0.8 - 0.2)) + (1 - (0.8 - 0.4))).
        Assert.Equal(0.325, Loss.MultiMargin(Tensor.From([0.1, 0.2, 0.4, 0.8], [1, 4]), Tensor.From(3)).ToDouble(), 1e-15);
        Assert.Equal(0.25 * 2 * (0.1 + 0.2 + 0.4),
            Loss.MultiMargin(Tensor.From([0.1, 0.2, 0.4, 0.8], [1, 4]), Tensor.From(3), 0.8, [0, 0, 0, 2]).ToDouble(), 1e-15);
        Assert.Equal(((0.1 * 0.5) + (0.1 * 2) + (0.9 * 2)) / 3, Loss.Quantile(x.Reshape([3, 1]), y, [0.1]).ToDouble(), 1e-15);
        double ln2 = Math.Log(2);
        Assert.Equal(((0.5 * Math.Log(0.5 / 0.25)) + (0.5 * Math.Log(0.5 / 0.75))) / 1,
            Loss.KullbackLeibler(Tensor.From([Math.Log(0.25), Math.Log(0.75)], [1, 2]), Tensor.From([0.5, 0.5], [1, 2])).ToDouble(), 1e-15);
        // Standard deviations of 1, 2 and 4.
        var logVariance = Tensor.From(0, 2 * ln2, 4 * ln2);
        Assert.Equal((0.125 + ln2 + 0.5 + (2 * ln2) + 0.125) / 3, Loss.GaussianNegativeLogLikelihood(x, logVariance, y).ToDouble(), 1e-15);
        Assert.Equal((0.125 + ln2 + 0.5 + (2 * ln2) + 0.125) / 3 + (0.5 * Math.Log(2 * Math.PI)),
            Loss.GaussianNegativeLogLikelihood(x, logVariance, y, full: true).ToDouble(), 1e-15);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Binary_cross_entropy_holds_at_any_logit(DataType type)
    {
        foreach (float size in (float[])[1e-30f, 1e-3f, 30, 100, 1000, 1e30f, 3e38f, Infinity])
        {
            using var scope = TensorScope.Begin();
            var x = Tensor.From([size, -size, size, -size], [4]).To(type);
            x.RequiresGradient = true;
            var y = Tensor.From([1f, 0, 0, 1], [4]).To(type);
            var loss = Loss.BinaryCrossEntropyWithLogits(x, y);
            double right = double.IsInfinity(size) ? 0 : Math.Log(1 + Math.Exp(-size));
            if (size >= 30)
                right = Math.Exp(-size);
            Assert.Equal(((2 * right) + (2 * (size + right))) / 4, loss.ToDouble(), Math.Max(1, size) * (type == DataType.Float32 ? 1e-7 : 1e-15));
            using var some = NoGradient.Begin();
            double correct = Loss.BinaryCrossEntropyWithLogits(x.Slice(0, 0, 2), y.Slice(0, 0, 2)).ToDouble();
            Assert.Equal(right, correct, (1e-6 * right) + float.Epsilon);
            if (float.IsInfinity(size))
                continue;
            loss.Backward();
            double small = Math.Exp(-size) / (1 + Math.Exp(-size)), large = 1 / (1 + Math.Exp(-size));
            double[] expected = [-small / 4, small / 4, large / 4, -large / 4], got = x.Gradient!.To(DataType.Float64).ToArray<double>();
            for (int i = 0; i < 4; i++)
                Assert.Equal(expected[i], got[i], (1e-6 * Math.Abs(expected[i])) + 2 * float.Epsilon);
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void An_infinite_logit_on_the_right_side_costs_nothing_and_pulls_at_nothing(DataType type)
    {
        using var scope = TensorScope.Begin();
        var x = Tensor.From([Infinity, -Infinity, 0], [3]).To(type);
        x.RequiresGradient = true;
        Loss.BinaryCrossEntropyWithLogits(x, Tensor.From([1f, 0, 1], [3]).To(type)).Backward();
        Assert.Equal([0, 0, -0.5 / 3], x.Gradient!.To(DataType.Float64).ToArray<double>().Select(value => Math.Round(value, 6, MidpointRounding.ToEven)),
            (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void What_weighs_nothing_is_not_looked_at(DataType type)
    {
        using var scope = TensorScope.Begin();
        var weights = Tensor.From(2f, 0).To(type);
        (string Name, Func<Tensor, Tensor, Tensor?, Tensor> Apply)[] losses =
        [
            ("MeanAbsoluteError", Loss.MeanAbsoluteError), ("Huber", (a, b, w) => Loss.Huber(a, b, 1, w)), ("SmoothL1", (a, b, w) => Loss.SmoothL1(a, b, 1, w)),
            ("GaussianNegativeLogLikelihood", (a, b, w) => Loss.GaussianNegativeLogLikelihood(a, a * 0, b, false, w)),
            ("KullbackLeibler", Loss.KullbackLeibler),
        ];
        foreach (var (name, apply) in losses)
        {
            var x = Tensor.From([0.5f, 3, float.NaN, Infinity], [2, 2]).To(type);
            x.RequiresGradient = true;
            var loss = apply(x, Tensor.From([1f, 1, 1, float.NaN], [2, 2]).To(type), weights);
            Assert.Equal(apply(x.Slice(0, 0, 1).Detach(), Tensor.From([1f, 1], [1, 2]).To(type), null).ToDouble(), loss.ToDouble());
            loss.Backward();
            Assert.Equal([0, 0], x.Gradient!.To(DataType.Float64).ToArray<double>()[2..]);
            Assert.Equal(-1, x.Gradient!.FirstNonFinite());
            Assert.NotEqual(0, x.Gradient.To(DataType.Float64).ToArray<double>()[0]);
            _ = name;
        }
    }

    [Fact]
    public void Weights_are_for_leading_axes_and_of_one_count_as_none()
    {
        var (x, y) = (Tensor.From([1.0, 2, 3, 4], [2, 2]), Tensor.Zeros([2, 2], DataType.Float64));
        Assert.Equal((3 + (3 * 7)) / 8.0, Loss.MeanAbsoluteError(x, y, Tensor.From(1.0, 3)).ToDouble(), 1e-15);
        Assert.Equal((3 + (3 * 7)) / 8.0, Loss.MeanAbsoluteError(x, y, Tensor.From([1.0, 1, 3, 3], [2, 2])).ToDouble(), 1e-15);
        Assert.Equal(2.5, Loss.MeanAbsoluteError(x, y, Tensor.Scalar(7, DataType.Float64)).ToDouble(), 1e-15);
        // As in PyTorch, by the number of elements here.
        double plain = Math.Log(2);
        Assert.Equal(plain * 2, Loss.BinaryCrossEntropyWithLogits(y, y, new BinaryCrossEntropyOptions { Weights = Tensor.From(1.0, 3) }).ToDouble(), 1e-15);
    }

    [Fact]
    public void A_target_probability_of_zero_costs_nothing()
    {
        var x = Tensor.From([0.0, double.NegativeInfinity, -1, -2], [2, 2]);
        x.RequiresGradient = true;
        var loss = Loss.KullbackLeibler(x, Tensor.From([1.0, 0, 0.5, 0.5], [2, 2]));
        Assert.Equal((Math.Log(0.5) + 1.5) / 2, loss.ToDouble(), 1e-15);
        loss.Backward();
        Assert.Equal([-0.5, 0, -0.25, -0.25], x.Gradient!.ToArray<double>());
    }

    [Fact]
    public void Sums_over_many_elements_lose_no_digits()
    {
        const int Count = 3_000_001;
        var x = Tensor.Full([Count], 0.1);
        Assert.Equal((double)0.1f, Loss.MeanAbsoluteError(x, Tensor.Zeros([Count])).ToDouble(), 1e-9);
        Assert.Equal(0.5 * 0.1f * 0.1f, Loss.Huber(x, Tensor.Zeros([Count])).ToDouble(), 1e-9);
    }

    public static TheoryData<string, Action> Faults => new()
    {
        { "Huber: expected prediction and target of one shape, not empty; got [2, 3] and [3]", () => Loss.Huber(F(2, 3), F(3)) },
        { "SmoothL1: expected prediction and target of one shape, not empty; got [0] and [0]", () => Loss.SmoothL1(F(0), F(0)) },
        { "MeanAbsoluteError: expected two tensors of one floating type; got [2] Float32 and [2] Int32. Convert one with To(...)",
            () => Loss.MeanAbsoluteError(F(2), Tensor.From(1, 2)) },
        { "Huber: the weights have the shape of the prediction, [2, 3], or of its leading axes; got [3]", () => Loss.Huber(F(2, 3), F(2, 3), 1, F(3)) },
        { "Huber: the weights are finite numbers, zero or more; position [1] holds -1", () => Loss.Huber(F(2, 3), F(2, 3), 1, Tensor.From(1f, -1)) },
        { "Huber: the weights are finite numbers, zero or more; position [0] holds NaN", () => Loss.Huber(F(2, 3), F(2, 3), 1, Tensor.From(float.NaN, 1)) },
        { "Huber: the weights are finite numbers, zero or more; position [1] holds Infinity",
            () => Loss.Huber(F(2, 3), F(2, 3), 1, Tensor.From(1, float.PositiveInfinity)) },
        { "Huber: a mean takes one element that counts; all 2 weights are zero", () => Loss.Huber(F(2, 3), F(2, 3), 1, Tensor.Zeros([2])) },
        { "Huber: the weights are constants, and take no gradient. Pass weights.Detach()", () => Loss.Huber(F(2), F(2), 1, Trained(2)) },
        { "BinaryCrossEntropyWithLogits: targets lie in 0..1; position [1, 0] holds 1.5",
            () => Loss.BinaryCrossEntropyWithLogits(F(2, 2), Tensor.From([0f, 1, 1.5f, 0], [2, 2])) },
        { "BinaryCrossEntropyWithLogits: expected one positive weight, or one for each index of the last axis of the logits [2, 2]; PositiveWeights has 3",
            () => Loss.BinaryCrossEntropyWithLogits(F(2, 2), F(2, 2), new BinaryCrossEntropyOptions { PositiveWeights = [1, 2, 3] }) },
        { "Hinge: targets are -1 or 1; position [2] holds 0", () => Loss.Hinge(F(3), Tensor.From(1f, -1, 0)) },
        { "MultiMargin: expected scores [n, classes] and labels [n] with n >= 1; got [2, 3] and [3]", () => Loss.MultiMargin(F(2, 3), Tensor.From(0, 1, 2)) },
        { "MultiMargin: labels lie in 0..2; position 1 holds 3", () => Loss.MultiMargin(F(2, 3), Tensor.From(0, 3)) },
        { "MultiMargin: expected a weight for each of 3 classes; got 2", () => Loss.MultiMargin(F(2, 3), Tensor.From(0, 1), 1, [1, 2]) },
        { "KullbackLeibler: targetProbabilities are 0 or more; position [0, 1] holds -0.5",
            () => Loss.KullbackLeibler(F(1, 2), Tensor.From([1.5f, -0.5f], [1, 2])) },
        { "KullbackLeibler: expected [batch, ...]; got []", () => Loss.KullbackLeibler(F(), F()) },
        { "Quantile: expected a prediction [batch, ..., 2], not empty, for 2 quantiles; got [4, 3]", () => Loss.Quantile(F(4, 3), F(4), [0.1, 0.2]) },
        { "Quantile: expected a target [4] or [4, 1]; got [4, 3]", () => Loss.Quantile(F(4, 3), F(4, 3), [0.1, 0.2, 0.3]) },
        { "Quantile: quantiles lie between 0 and 1; number 1 is 1", () => Loss.Quantile(F(4, 2), F(4), [0.1, 1]) },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_fault_is_named(string message, Action act) =>
        Assert.StartsWith(message, Assert.ThrowsAny<ArgumentException>(act).Message, StringComparison.Ordinal);

    /// <summary>No difference can be taken of these, since targets are -1 or 1.</summary>
    [Fact]
    public void The_targets_of_a_hinge_have_derivatives_too()
    {
        var (x, y) = (Tensor.From(0.5, 3, -2), Tensor.From(1.0, 1, -1));
        x.RequiresGradient = true;
        y.RequiresGradient = true;
        Tensor[] directions = [Tensor.From(1.0, 2, 3), Tensor.From(10.0, 20, 30)];
        Loss.Hinge(x, y, 4).Backward();
        Assert.Equal([-1 / 3.0, -1 / 3.0, 1 / 3.0], x.Gradient!.ToArray<double>());
        Assert.Equal([-0.5 / 3, -1, 2 / 3.0], y.Gradient!.ToArray<double>());
        var products = Differentiate.HessianVectorProduct(() => Loss.Hinge(x, y, 2.5), [x, y], directions).Products;
        Assert.Equal([-10 / 3.0, 0, -10], products[0].ToArray<double>(), (a, b) => Math.Abs(a - b) < 1e-14);
        Assert.Equal([-1 / 3.0, 0, -1], products[1].ToArray<double>(), (a, b) => Math.Abs(a - b) < 1e-14);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void A_loss_can_be_handed_over_by_its_name(DataType type)
    {
        Func<Tensor, Tensor, Tensor>[] losses =
            [Loss.MeanAbsoluteError, Loss.Huber, Loss.SmoothL1, Loss.Hinge, Loss.KullbackLeibler, Loss.BinaryCrossEntropyWithLogits, Loss.MeanSquaredError];
        Assert.All(losses, loss => Assert.True(double.IsFinite(loss(Tensor.Zeros([2, 2], type), Tensor.Ones([2, 2], type)).ToDouble())));
    }

    [Fact]
    public void A_NaN_is_named_with_its_place()
    {
        var x = Trained(2, 2);
        var bad = Tensor.From([0f, 1, float.NaN, 0], [2, 2]);
        foreach (var (name, loss) in ((string, Tensor)[])[("Huber", Loss.Huber(x, bad)),
            ("BinaryCrossEntropyWithLogits", Loss.BinaryCrossEntropyWithLogits(x, bad)),
            ("MeanAbsoluteError", Loss.MeanAbsoluteError(x, bad)), ("KullbackLeibler", Loss.KullbackLeibler(x, bad))])
        {
            Assert.Equal($"the loss is NaN: the data [2, 2], input 1 of {name}, holds NaN at index [1, 0]",
                Assert.Throws<NonFiniteException>(loss.Backward).Message);
        }

        bad.RequiresGradient = true;
        _ = Assert.Throws<NonFiniteException>(Loss.Hinge(bad, Tensor.Ones([2, 2])).Backward);
        _ = Assert.Throws<NonFiniteException>(Loss.MultiMargin(bad, Tensor.From(0, 0)).Backward);
        _ = Assert.Throws<NonFiniteException>(Loss.Quantile(bad, Tensor.Ones([2]), [0.2, 0.7]).Backward);
        _ = Assert.Throws<NonFiniteException>(Loss.GaussianNegativeLogLikelihood(bad, x, x).Backward);
    }

    [Fact]
    public void Weights_and_targets_are_not_to_change_before_the_backward_pass()
    {
        var x = Trained(2);
        var (target, weights) = (Tensor.From(0f, 3), Tensor.From(1f, 2));
        var loss = Loss.Huber(x, target, 1, weights);
        weights.CopyFromInPlace(Tensor.From(2f, 1));
        _ = Assert.Throws<InvalidOperationException>(loss.Backward);
        loss = Loss.Huber(x, target, 1, weights);
        target.CopyFromInPlace(weights);
        _ = Assert.Throws<InvalidOperationException>(loss.Backward);
    }

    private static Tensor F(params int[] shape) => Tensor.Ones([.. shape]);

    private static Tensor Trained(params int[] shape)
    {
        var tensor = F(shape);
        tensor.RequiresGradient = true;
        return tensor;
    }
}
