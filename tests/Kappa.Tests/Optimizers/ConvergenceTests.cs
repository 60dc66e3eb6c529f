using Kappa.Networks;
using Kappa.Networks.Layers;
using Kappa.Optimizers;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Tests.Optimizers;

public sealed class ConvergenceTests
{
    public static TheoryData<string, string, DataType> Cases
    {
        get
        {
            var cases = new TheoryData<string, string, DataType>();
            foreach (string name in OptimizerCases.Names)
            {
                foreach (string objective in (string[])["quadratic", "rosenbrock", "least-squares"])
                {
                    cases.Add(name, objective, DataType.Float32);
                    cases.Add(name, objective, DataType.Float64);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_optimizer_reaches_the_minimum_of_every_objective(string optimizerName, string objective, DataType type)
    {
        var (parameters, loss) = Make(objective, type);
        var optimizer = OptimizerCases.Make(optimizerName, parameters);
        if (objective == "rosenbrock")
            optimizer.LearningRate *= optimizer is SGD ? 0.1 : 1;
        const int Steps = 1500;
        optimizer.Schedule = LearningRateSchedule.WarmupLinear(10, Steps);
        double first = Evaluate(loss);
        for (int step = 0; step < Steps; step++)
        {
            using var scope = TensorScope.Begin();
            loss().Backward();
            optimizer.Step();
            optimizer.ZeroGrad();
        }

        double last = Evaluate(loss);
        Assert.True(last < 1e-3 * first, $"{optimizerName} on {objective} in {type}: the loss went from {first} to {last}");
    }

    private static double Evaluate(Func<Tensor> loss)
    {
        using var scope = TensorScope.Begin();
        using var quiet = NoGradient.Begin();
        return loss().ToDouble();
    }

    /// <summary>Objectives whose minimum is zero.</summary>
    private static (IReadOnlyList<Parameter> Parameters, Func<Tensor> Loss) Make(string objective, DataType type)
    {
        var generator = new Philox(5);
        Parameter Trainable(string name, Tensor tensor)
        {
            tensor.RequiresGradient = true;
            return new Parameter(name, tensor);
        }

        switch (objective)
        {
            case "quadratic":
                var target = Tensor.Normal([4, 6], generator, type: type);
                var w = Trainable("w", Tensor.Zeros([4, 6], type));
                var b = Trainable("b", Tensor.Ones([6], type));
                return ([w, b], () => ((w.Tensor - target).Square().Sum() / 2) + (b.Tensor.Square().Sum() / 2));
            case "rosenbrock":
                // (1 - x)^2 + 4 (y - x^2)^2, for eight pairs as a column each: a curved valley.
                var x = Trainable("x", Tensor.Full([2, 4], -0.5, type));
                var y = Trainable("y", Tensor.Full([2, 4], 0.5, type));
                return ([x, y], () => ((-x.Tensor) + 1).Square().Sum() + (4 * (y.Tensor - x.Tensor.Square()).Square().Sum()));
            default:
                var inputs = Tensor.Normal([64, 5], generator, type: type);
                var truth = Tensor.Normal([5, 3], generator, type: type);
                var outputs = inputs.MatMul(truth);
                var model = new Linear(5, 3, type: type);
                _ = model.Initialize(generator);
                return (model.Parameters(), () => Loss.MeanSquaredError(model.Forward(inputs), outputs));
        }
    }
}
