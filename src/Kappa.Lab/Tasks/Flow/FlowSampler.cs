namespace Kappa.Lab.Tasks.Flow;

/// <summary>Follows a velocity field, along its own points, from noise at time 0 to samples at time 1: <c>dx/dt = v(x, t)</c>.</summary>
internal static class FlowSampler
{
    private const int Batch = 250;

    /// <summary>Follows the flow.</summary>
    /// <param name="velocity">From points <c>[batch, dimension]</c> and the time to velocities of the same shape.</param>
    /// <param name="start">Where it begins, <c>[batch, dimension]</c>.</param>
    /// <param name="steps">Steps of equal length, 1 or more.</param>
    /// <param name="integrator">Euler: <c>x + h v(x, t)</c>. Heun: <c>x + h/2 (v(x, t) + v(x + h v(x, t), t + h))</c>.</param>
    /// <param name="cancellation">Asked before each step.</param>
    /// <returns>Where it ends, <c>[batch, dimension]</c>; numbers that are not finite where the field leads there.</returns>
    public static Tensor Follow(Func<Tensor, double, Tensor> velocity, Tensor start, int steps, Integrator integrator, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        double length = 1.0 / steps;
        var point = start;
        for (int step = 0; step < steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = TensorScope.Begin();
            var first = velocity(point, (double)step / steps);
            var mean = integrator == Integrator.Euler ? first : (first + velocity(point + (first * length), (step + 1.0) / steps)) * 0.5;
            var next = (point + (mean * length)).Keep();
            if (step > 0)
                point.Dispose();
            point = next;
        }
        return point;
    }

    /// <summary>The samples that a model makes of noise; each depends on its own noise alone.</summary>
    /// <param name="model">From <c>[batch, dimension + 1]</c>, the points and last the time, to velocities.</param>
    /// <param name="noise">Where samples begin.</param>
    /// <param name="steps">Steps.</param>
    /// <param name="integrator">How.</param>
    /// <param name="cancellation">Stops the work.</param>
    public static PointSet Samples(Module model, PointSet noise, int steps, Integrator integrator, CancellationToken cancellation)
    {
        var device = model.Device;
        Tensor Velocity(Tensor points, double time) => model.Forward(Tensor.Concat(1, points, Tensor.Full([points.Shape[0], 1], time, device: device)));
        float[] samples = new float[noise.Values.Length];
        for (int row = 0; row < noise.Count; row += Batch)
        {
            using var scope = TensorScope.Begin();
            int rows = Math.Min(Batch, noise.Count - row);
            using var end = Follow(Velocity, noise.ToTensor(row, rows).On(device), steps, integrator, cancellation);
            end.On(Device.Cpu).ReadOnlyValues<float>().CopyTo(samples.AsSpan(row * noise.Dimension));
        }
        return new PointSet(samples, noise.Dimension);
    }
}
