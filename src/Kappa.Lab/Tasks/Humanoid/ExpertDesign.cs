using MathNet.Numerics.LinearAlgebra;

namespace Kappa.Lab.Tasks.Humanoid;

/// <summary>Designs the expert's feedback around a pose: a linear-quadratic regulator that keeps the centre of mass over the feet.</summary>
internal static class ExpertDesign
{
    // Relative to the feet, per m^2.
    private const double CenterOfMassWeight = 1000;
    private const double BalanceJointWeight = 3;
    private const double OtherJointWeight = 0.3;

    // Root x, y and yaw are neither stable nor observed by the cost; a discount moves them inside the unit circle.
    private const double Discount = 1 - 1e-3;

    /// <summary>Solves the pose of each bend and its feedback, on all cores.</summary>
    internal static HumanoidExpert Expert(HumanoidRobot robot, double[] bends)
    {
        var points = new SetPoint[bends.Length];
        _ = Parallel.For(0, bends.Length, i =>
        {
            using var data = robot.Model.CreateData();
            points[i] = Solve(robot, data, bends[i]);
        });
        return new HumanoidExpert(robot, points);
    }

    /// <summary>The linearised, discounted problem at a pose: A [54, 54], B [54, 21], Q [54, 54], R [21, 21].</summary>
    internal static (Matrix<double> A, Matrix<double> B, Matrix<double> Q, Matrix<double> R) Problem(
        HumanoidRobot robot, MujocoData data, double[] position, double[] control)
    {
        var model = robot.Model;
        int states = model.StateSize, controls = model.ControlSize;
        double[] a = new double[states * states], b = new double[states * controls];
        data.Reset();
        position.CopyTo(data.Position);
        control.CopyTo(data.Control);
        data.TransitionFiniteDifference(a, b);

        double scale = Math.Sqrt(Discount);
        return (
            Matrix<double>.Build.DenseOfRowMajor(states, states, a) * scale,
            Matrix<double>.Build.DenseOfRowMajor(states, controls, b) * scale,
            Cost(robot, data),
            Matrix<double>.Build.DenseIdentity(controls));
    }

    private static SetPoint Solve(HumanoidRobot robot, MujocoData data, double bend)
    {
        var (position, control) = new PoseSolver(robot, data).Solve(bend);
        var (a, b, q, r) = Problem(robot, data, position, control);
        var p = Riccati.Solve(a, b, q, r) ?? throw new InvalidOperationException(
            $"the Riccati equation of {a.RowCount} states has no stabilising solution: is every unstable direction controllable, "
            + "and every marginal one discounted?");
        var gain = Riccati.Gain(a, b, r, p);
        return new SetPoint(bend, position, control, gain.ToRowMajorArray());
    }

    private static Matrix<double> Cost(HumanoidRobot robot, MujocoData data)
    {
        int velocities = robot.Model.VelocitySize;
        data.Forward();
        double[] buffer = new double[3 * velocities];
        data.SubtreeCenterOfMassJacobian(robot.Torso, buffer);
        var difference = Matrix<double>.Build.DenseOfRowMajor(3, velocities, buffer);
        foreach (int foot in robot.Feet)
        {
            data.BodyCenterOfMassJacobian(foot, buffer);
            difference -= Matrix<double>.Build.DenseOfRowMajor(3, velocities, buffer) / robot.Feet.Length;
        }

        var cost = Matrix<double>.Build.Dense(2 * velocities, 2 * velocities);
        cost.SetSubMatrix(0, 0, CenterOfMassWeight * difference.TransposeThisAndMultiply(difference));
        for (int i = HumanoidRobot.RootVelocities; i < velocities; i++)
            cost[i, i] += robot.BalanceVelocities.Contains(i) ? BalanceJointWeight : OtherJointWeight;
        return cost;
    }
}
