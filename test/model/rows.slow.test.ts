import { testRows } from '../support/model/rows-conformance.ts'

testRows(300)
