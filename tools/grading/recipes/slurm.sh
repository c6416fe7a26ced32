#!/usr/bin/env bash
# A class as a Slurm array: sbatch --array=1-8 slurm.sh SUBMISSIONS RESULTS, in this tree, prepared by
# tools/course doctor on a node. Each task grades its share; queue the array again and only what is
# missing is graded. The secret is in ~/course-secret. User namespaces must be allowed on the nodes.
#SBATCH --job-name=course
#SBATCH --cpus-per-task=4
#SBATCH --mem=6G
#SBATCH --time=02:00:00
set -euo pipefail
cd "${SLURM_SUBMIT_DIR:-.}"
exec tools/course grade-all "$1" --results "$2" --secret ~/course-secret --resume \
  --part "$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT" -j "$SLURM_CPUS_PER_TASK"
