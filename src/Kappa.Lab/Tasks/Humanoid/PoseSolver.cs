using MathNet.Numerics.LinearAlgebra;

namespace Kappa.Lab.Tasks.Humanoid;

/// <summary>Finds poses that need no outside force: the floor carries the weight, the motors do the rest.</summary>
internal sealed class PoseSolver(HumanoidRobot robot, MujocoData data)
{
    // Root height, roll and pitch: the degrees of freedom that only the floor can hold.
    private static readonly int[] Unknowns = [2, 3, 4];

    private const double Tolerance = 1e-8;

    /// <summary>Positions [28] and controls [21] of the equilibrium on two feet with bend b, feet centred at x = 0.</summary>
    public (double[] Position, double[] Control) Solve(double bend)
    {
        double[] position = robot.Model.DefaultPosition.ToArray();
        SetAll(position, robot.HipPositions, -bend);
        SetAll(position, robot.KneePositions, -2 * bend);
        SetAll(position, robot.AnklePositions, -bend);
        BisectHeight(position);
        Refine(position, bend);
        position[0] -= robot.Feet.Average(foot => data.BodyPosition[3 * foot]);
        return (position, EquilibriumControl(position));
    }

    private static void SetAll(double[] position, int[] addresses, double angle)
    {
        foreach (int address in addresses)
            position[address] = angle;
    }

    // Above the floor the full weight must come from outside; deep in it the contacts push harder than the weight.
    private void BisectHeight(double[] position)
    {
        double low = 0.6, high = 1.6;
        for (int i = 0; i < 60; i++)
        {
            double middle = position[2] = (low + high) / 2;
            if (OutsideForce(position)[0] > 0)
                high = middle;
            else
                low = middle;
        }
        position[2] = (low + high) / 2;
    }

    private void Refine(double[] position, double bend)
    {
        var force = OutsideForce(position);
        for (int iteration = 0; iteration < 50 && force.L2Norm() > Tolerance; iteration++)
        {
            var step = Jacobian(position).LU().Solve(-force);
            double damping = 1;
            double[] best = position;
            while (damping > 1e-6)
            {
                double[] trial = Moved(position, step * damping);
                var trialForce = OutsideForce(trial);
                if (trialForce.L2Norm() < force.L2Norm())
                {
                    (best, force) = (trial, trialForce);
                    break;
                }
                damping /= 2;
            }
            if (ReferenceEquals(best, position))
                break;
            best.CopyTo(position, 0);
        }
        if (force.L2Norm() > 1e-6)
        {
            throw new InvalidOperationException(
                $"No equilibrium on two feet at bend {bend}: {force.L2Norm():g3} N of outside force remain, expected below 1e-6.");
        }
        _ = OutsideForce(position);
    }

    private Matrix<double> Jacobian(double[] position)
    {
        const double perturbation = 1e-7;
        var jacobian = Matrix<double>.Build.Dense(Unknowns.Length, Unknowns.Length);
        for (int column = 0; column < Unknowns.Length; column++)
        {
            var direction = Vector<double>.Build.Dense(Unknowns.Length);
            direction[column] = perturbation;
            var slope = OutsideForce(Moved(position, direction)) - OutsideForce(Moved(position, -direction));
            jacobian.SetColumn(column, slope / (2 * perturbation));
        }
        return jacobian;
    }

    private double[] Moved(double[] position, Vector<double> step)
    {
        double[] moved = [.. position], velocity = new double[robot.Model.VelocitySize];
        for (int i = 0; i < Unknowns.Length; i++)
            velocity[Unknowns[i]] = step[i];
        robot.Model.IntegratePosition(moved, velocity);
        return moved;
    }

    // The outside force and moments at rest on the unknowns: zero when the floor balances the body.
    private Vector<double> OutsideForce(double[] position)
    {
        data.Reset();
        position.CopyTo(data.Position);
        data.Inverse();
        return Vector<double>.Build.Dense(Unknowns.Length, i => data.InverseForce[Unknowns[i]]);
    }

    private double[] EquilibriumControl(double[] position)
    {
        _ = OutsideForce(position);
        int velocities = robot.Model.VelocitySize, controls = robot.Model.ControlSize;

        // The moment arms are known after a forward pass only; the force is read before it.
        var force = Vector<double>.Build.Dense(data.InverseForce.ToArray());
        data.Forward();
        var moment = Matrix<double>.Build.DenseOfRowMajor(controls, velocities, data.ActuatorMoment.ToArray());
        return moment.TransposeAndMultiply(moment).Cholesky().Solve(moment * force).ToArray();
    }
}
