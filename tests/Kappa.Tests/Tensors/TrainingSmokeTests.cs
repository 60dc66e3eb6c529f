using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Tests.Tensors;

public class TrainingSmokeTests
{
    [Fact]
    public void Gradient_descent_on_a_small_network_agrees_with_central_differences_and_lowers_the_loss()
    {
        var generator = new Philox(1);
        var model = new Sequential(new Linear(3, 5, type: DataType.Float64), new Tanh(), new Linear(5, 2, type: DataType.Float64));
        _ = model.Initialize(generator);
        var x = Tensor.Normal([7, 3], generator, type: DataType.Float64);
        var y = Tensor.Normal([7, 2], generator, type: DataType.Float64);
        double Evaluate()
        {
            using var scope = TensorScope.Begin();
            using var quiet = NoGradient.Begin();
            return Loss.MeanSquaredError(model.Forward(x), y).ToDouble();
        }

        double before = Evaluate();
        using (var scope = TensorScope.Begin())
            Loss.MeanSquaredError(model.Forward(x), y).Backward();
        foreach (var (name, tensor) in model.Parameters())
        {
            for (int i = 0; i < tensor.Count; i++)
            {
                double old = tensor.Values<double>()[i];
                tensor.Values<double>()[i] = old + 1e-6;
                double up = Evaluate();
                tensor.Values<double>()[i] = old - 1e-6;
                double down = Evaluate();
                tensor.Values<double>()[i] = old;
                Assert.Equal((up - down) / 2e-6, tensor.Gradient!.Values<double>()[i], 1e-7);
            }
        }

        foreach (var (_, tensor) in model.Parameters())
        {
            for (int i = 0; i < tensor.Count; i++)
                tensor.Values<double>()[i] -= 0.1 * tensor.Gradient!.Values<double>()[i];
        }

        Assert.True(Evaluate() < before);
    }
}
